import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.js';
import { conceal } from '../../src/failure/conceal.js';
import { diagnoseWaiting, judge, NO_CONTEXT, summarize, textOf } from '../../src/failure/index.js';
import { corpus } from './corpus.js';
import { inSequence, makePlan, podTask } from '../support/plans.js';
import { runs, World } from '../support/world.js';
import { ended, event, pod, verdictOf } from './build.js';
import { SCENES } from './summary-runs.js';

const SECRET = 'Zq7-planted.value-Zq8';
const cases = corpus();

/** The same evidence with the value in the middle of every text that a program or a server wrote. */
function planted(value: Json | undefined, key = ''): Json {
  if (Array.isArray(value)) return value.map((one) => planted(one as Json, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, planted(one, name)]));
  if (typeof value === 'string' && key === 'message') {
    const half = Math.floor(value.length / 2);
    return `${value.slice(0, half)} ${SECRET} ${value.slice(half)} ${Buffer.from(SECRET).toString('base64')}`;
  }
  return value ?? null;
}

describe('a value that the author marked as sensitive', () => {
  it.each(cases)('$id: is in no verdict and in no summary, whoever quotes it', ({ input }) => {
    const context = { ...NO_CONTEXT, sensitive: [SECRET] };
    const evidence = planted(input) as JsonObject;
    const said = JSON.stringify([judge(evidence, context), diagnoseWaiting(evidence, context)]);
    // Judgements on a success carry the raw messages for the outputs; they are no text for people.
    if (!said.startsWith('[{"outcome":"Succeeded"')) {
      expect(said).not.toContain(SECRET);
      expect(said).not.toContain('WnE3LXBsYW50ZWQudmFsdWUtWnE4');
    }
  });

  it('is hidden in every form in which the platform writes it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 60, unit: 'binary' }), (value) => {
        fc.pre(value.trim().length >= 6 && !value.includes('[sensitive]'));
        const forms = [
          value,
          JSON.stringify(value).slice(1, -1),
          Buffer.from(value).toString('base64').replace(/=+$/, ''),
        ];
        for (const form of forms) expect(conceal(`a ${form} b`, [value])).not.toContain(form);
      }),
    );
  });

  it('is hidden line by line: logs are cut at lines', () => {
    const key = '-----first line-----\nsecond line of it\nthe third';
    expect(conceal('… second line of it', [key])).toBe('… [sensitive]');
  });

  it('is hidden also where colours or invisible characters stand in the middle of it', () => {
    const main = ended(1, { message: `token: ${SECRET.slice(0, 5)}\u200b\u001b[31m${SECRET.slice(5)}` });
    expect(JSON.stringify(verdictOf({ pod: pod({ main }) }, { sensitive: [SECRET] }))).not.toContain(SECRET.slice(5));
  });
});

describe('evidence.logs: None', () => {
  const printed = 'printed-by-the-step';
  const scenes: Record<string, JsonObject> = {
    'its last words': { pod: pod({ main: ended(3, { message: printed }) }) },
    'the answer of a probe': {
      pod: pod({ main: ended(137, { finished: 40 }) }),
      events: [
        event('Unhealthy', `Liveness probe failed: HTTP probe failed with statuscode: 500: ${printed}`, {
          container: 'main',
        }),
        event('Killing', 'Container main failed liveness probe, will be restarted', {
          container: 'main',
          type: 'Normal',
          seconds: 31,
        }),
      ],
    },
    'the output of a hook': {
      pod: pod({ main: ended(137, { finished: 40 }) }),
      events: [
        event(
          'FailedPostStartHook',
          `Exec lifecycle hook ([sh]) for Container "main" failed - error: command 'sh' exited with 1: ${printed}, message: "${printed}"`,
          { container: 'main' },
        ),
      ],
    },
    'an RBAC refusal that it printed': {
      pod: pod({
        main: ended(1, {
          message: `${printed} pods "a" is forbidden: User "system:serviceaccount:ops:x" cannot list resource "pods" in API group "" in the namespace "ops"`,
        }),
      }),
    },
  };

  it.each(Object.entries(scenes))('quotes nothing of %s', (_, parts) => {
    expect(JSON.stringify(verdictOf(parts))).toContain(printed);
    const quiet = verdictOf(parts, { quoteLogs: false });
    expect(JSON.stringify(quiet)).not.toContain(printed);
    expect(quiet.reason).toBe(verdictOf(parts).reason);
  });

  it("keeps the author's words: they are not printed by the step", () => {
    const scene = SCENES['on-call'];
    expect(scene === undefined ? '' : textOf(summarize(scene))).toContain('Runbook');
  });
});

describe('a run with sensitive values', () => {
  it('commits no state, no event and no message that holds one, also where the step prints it', () => {
    const outputs = [{ name: 'iban', type: 'string', sensitive: true }] as const;
    const plan = makePlan(inSequence([podTask('a', { outputs, quoteLogs: false }), podTask('b')]), {
      parameters: { token: { kind: 'value', value: SECRET, sensitive: true } },
    });
    const world = new World(plan, (task) =>
      task === 'a' ? runs(0, { message: '{"iban":"planted-iban-DE02"}' }) : runs(1, { message: `refused: ${SECRET}` }),
    );
    expect(world.runToEnd().phase).toBe('Failed');
    const committed = JSON.stringify(world.states);
    expect(committed).not.toContain(SECRET);
    expect(committed).not.toContain('planted-iban');
    expect(committed).toContain('salted-sha256:');
    expect(committed).toContain('refused: [sensitive]');
  });
});
