import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFECTS } from './defects/index.js';
import { patched } from './defects/defect.js';
import { referenceOf, tryPoints } from './enumerate.js';
import { difference } from './outcome.js';
import { MODES, allPoints, triedPoints } from './plan-of-points.js';
import { crashPoints } from './points.js';
import { PAIRED, SCENARIOS, scenarioNamed } from './scenarios/index.js';
import { unitsOf } from './command/units.js';

describe('the table of scenarios', () => {
  it('has no two of the same name, and pairs only what is in it', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...PAIRED]));
  });

  it('is cut into pieces that hold each point exactly once', () => {
    for (const { name } of SCENARIOS) {
      for (const mode of MODES) {
        const pieces = unitsOf({ only: name, all: false }).filter((unit) => unit.mode === mode);
        expect(pieces.map(({ share }) => share)).toEqual(pieces.map((_, index) => index));
        expect(pieces.every(({ ofShares }) => ofShares === pieces.length)).toBe(true);
      }
    }
  });
});

describe('the difference of two outcomes', () => {
  it('is told with the place where they differ first', () => {
    expect(difference({ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] })).toBeNull();
    expect(difference({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] })).toBe('.a[1].b: "y" instead of "x"');
    expect(difference({ a: 1 }, { a: 1, c: true })).toBe('.c: true instead of null');
    expect(difference([1], [1, 2])).toBe('[1]: 2 instead of null');
  });
});

describe('the defects', () => {
  it('are at least twelve, and each still finds the text that it replaces', () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(12);
    for (const { patches } of DEFECTS) {
      for (const patch of patches) expect(patched(readFileSync(patch.file, 'utf8'), patch)).toContain(patch.replace);
    }
  });

  it('are looked for in scenarios that exist', () => {
    for (const { scenarios } of DEFECTS) expect(scenarios.map((name) => scenarioNamed(name).name)).toEqual(scenarios);
  });

  it('fail loudly where the text has changed, or stands there twice', () => {
    const patch = { file: 'src/a.ts', find: 'one', replace: 'two' };
    expect(() => patched('none', { ...patch, find: 'absent' })).toThrow('stands 0 times in src/a.ts');
    expect(() => patched('one and one', patch)).toThrow('stands 2 times in src/a.ts');
  });
});

describe('the enumeration', () => {
  it('has a point for each fault at each call, and for each span at which a controller wakes up', async () => {
    const reference = await referenceOf(scenarioNamed('two pods in sequence'));
    const { api, store } = reference.calls;
    expect(allPoints(reference, 'single')).toHaveLength(api.length * 8 + store.length * 4);
    expect(crashPoints(reference.calls)).toHaveLength((api.length + store.length) * 2);
    const late = triedPoints(reference, 'late').map(({ label }) => label);
    expect(late).toHaveLength(allPoints(reference, 'late').length / 3);
    for (const span of ['1 s', '30 s', '150 s']) expect(late.some((label) => label.endsWith(`for ${span}`))).toBe(true);
  });

  it.each(['two pods in sequence', 'Cancel of a step that runs'])(
    'finds nothing wrong where the controller dies: %s',
    async (name) => {
      const reference = await referenceOf(scenarioNamed(name));
      // A quick look: every third crash. `npm run crash` tries them all.
      const some = crashPoints(reference.calls).filter((_, index) => index % 3 === 0);
      expect((await tryPoints(reference, some)).failures).toEqual([]);
    },
    60_000,
  );

  it('tells what is wrong with a scenario that does not end as it says', async () => {
    const scenario = scenarioNamed('two pods in sequence');
    const wrong = { ...scenario, ends: { ...scenario.ends, starts: { a: 2, b: 1 } } };
    await expect(referenceOf(wrong)).rejects.toThrow('.starts.a: 1 instead of 2');
  });
});
