import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, lineOf, markdownOf, summarize, textOf } from '../../src/failure/index.js';
import { SCENES } from './summary-runs.js';

const scenes = Object.entries(SCENES);

describe('the summary of a run', () => {
  it.each(scenes)('%s is as a reader was shown it', async (name, input) => {
    await expect(`${textOf(summarize(input))}\n`).toMatchFileSnapshot(`../fixtures/summaries/${name}.txt`);
  });

  it.each(scenes)(
    '%s has a first line of at most 120 characters that begins with the state and names the run',
    (_, input) => {
      const line = lineOf(summarize(input));
      expect(line.length).toBeLessThanOrEqual(120);
      expect(line).toMatch(/^[A-Z]+ restart-checkout/);
    },
  );

  it.each(scenes)('%s says the same in all forms', (_, input) => {
    const summary = summarize(input);
    expect(textOf(summary).split('\n')[0]).toBe(summary.line);
    expect(JSON.parse(jsonOf(summary))).toEqual(JSON.parse(JSON.stringify(summary)));
    expect(markdownOf(summary)).toContain('**');
  });

  it.each(['out-of-memory', 'image-retrying', 'run-bound', 'forbidden', 'node-lost', 'cancelled'])(
    '%s is as a ticket shows it, and as a program reads it',
    async (name) => {
      const scene = SCENES[name];
      if (scene === undefined) throw new Error(name);
      const summary = summarize(scene);
      await expect(`${markdownOf(summary)}\n`).toMatchFileSnapshot(`../fixtures/summaries/${name}.md`);
      await expect(`${jsonOf(summary)}\n`).toMatchFileSnapshot(`../fixtures/summaries/${name}.json`);
    },
  );

  it('tells a node that took sixty steps with it in one paragraph', () => {
    const scene = SCENES['node-lost-with-many'];
    const text = scene === undefined ? '' : textOf(summarize(scene));
    expect(text.match(/worker-9 lost/g)).toHaveLength(3);
    expect(text).toContain('Also failed: shard-2, shard-3, shard-4, shard-5, shard-6 and 54 more (node worker-9 lost');
    expect(text.split('\n').length).toBeLessThan(25);
    expect(text).toContain('and 20 more (an earlier step failed)');
  });

  it('keeps the cause within the first 90 characters, however long the names are', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/),
        fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/),
        (name, stepName) => {
          const scene = SCENES['out-of-memory'];
          if (scene === undefined) return;
          const steps = scene.steps.map((one) => (one.name === 'warm-cache' ? { ...one, name: stepName } : one));
          const line = lineOf(
            summarize({ ...scene, run: { ...scene.run, name }, steps, failure: { step: stepName, attempt: 1 } }),
          );
          expect(line.length).toBeLessThanOrEqual(120);
          expect(line.slice(0, 90)).toContain('main out of memory at 512Mi');
        },
      ),
    );
  });

  it('tells the first cause of several, and folds the others', () => {
    const scene = SCENES['several-failed'];
    const summary = scene === undefined ? null : summarize(scene);
    expect(summary?.step?.name).toBe('shard-1');
    expect(summary?.happened.join('\n')).toContain('shard-2, shard-3, shard-4, shard-5, shard-6 and 2 more');
  });

  it('never makes up what an author did not write', () => {
    for (const [name, input] of scenes)
      if (!name.startsWith('on-call')) expect(textOf(summarize(input))).not.toMatch(/Runbook|Owner|author/);
  });
});
