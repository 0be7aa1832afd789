import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderInput } from '../../src/plan/render-input.js';
import { keptOutputs, saltedHash, sensitiveValues, specForDigest } from '../../src/plan/sensitive.js';
import { planOf, podStep, problemsOf } from './specs.js';

const SECRET = 'correct-horse-battery';
const parameter = { name: 'token', sensitive: true, value: SECRET };
const env = { env: [{ name: 'TOKEN', value: 'Bearer ${params.token}' }] };
/** Values that cannot occur in a spec or in a message by themselves. */
const values = fc.stringMatching(/^Z[A-Za-z0-9 .:/+=-]{6,40}Z$/);

describe('a sensitive parameter', () => {
  it('reaches the env value that uses it, byte for byte', () => {
    const rendered = renderInput(planOf({ parameters: [parameter], steps: [podStep('a', {}, env)] }), 'a', new Map());
    expect(JSON.stringify(rendered)).toContain(`Bearer ${SECRET}`);
  });

  it('may stand in an env value only: command lines are seen by everybody on a node', () => {
    const steps = [podStep('a', {}, { args: ['${params.token}'] })];
    expect(problemsOf({ parameters: [parameter], steps })).toEqual([
      'spec.steps[0].pod.spec.containers[0].args[0]: ${params.token}: a sensitive parameter may only stand in an env value',
    ]);
  });

  it('is nothing that a condition may speak of', () => {
    const steps = [podStep('a', { when: 'params.token == "x"' })];
    expect(problemsOf({ parameters: [parameter], steps }).join()).toContain('parameter token is sensitive');
  });

  it('is a string of at least six characters, and no message about it holds it', () => {
    const short = problemsOf({ parameters: [{ ...parameter, value: 'xqzkv' }], steps: [podStep('a')] });
    expect(short.join()).toContain('at least 6 characters');
    const typed = problemsOf({ parameters: [{ ...parameter, type: 'integer', enum: ['1'] }], steps: [podStep('a')] });
    expect(typed.join()).toContain('a sensitive parameter is a string');
    expect([...short, ...typed].join()).not.toMatch(/xqzkv|correct-horse/);
  });

  it('is in no digest, so that a digest tells nothing of it', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const plans = [one, other].map((value) =>
          planOf({ parameters: [{ ...parameter, value }], steps: [podStep('a', {}, env)] }),
        );
        expect(plans[0]?.digest).toBe(plans[1]?.digest);
        expect(sensitiveValues(planOf({ parameters: [{ ...parameter, value: one }], steps: [podStep('a')] }))).toEqual([
          one,
        ]);
      }),
    );
  });

  it('stands in the spec digest as a hash that is salted with the run', () => {
    const spec = { parameters: [parameter, { name: 'open', value: 'x' }], steps: [] };
    const [first, second] = [specForDigest(spec, 'uid-1'), specForDigest(spec, 'uid-2')];
    expect(JSON.stringify(first)).not.toContain(SECRET);
    expect(first).not.toEqual(second);
    expect(specForDigest({ steps: [] }, 'uid-1')).toEqual({ steps: [] });
  });
});

describe('a sensitive output', () => {
  const outputs = [
    { name: 'iban', sensitive: true },
    { name: 'count', type: 'integer' },
  ];
  const spec = { steps: [podStep('a', { outputs }), podStep('b')] };

  it('is kept as a salted hash, the others as they are', () => {
    const [task] = planOf(spec).tasks;
    if (task === undefined) throw new Error('no task');
    const kept = keptOutputs(task, { iban: 'DE0212', count: 2 }, 'uid-1');
    expect(kept).toEqual({ iban: saltedHash('DE0212', { runUid: 'uid-1', owner: 'a', name: 'iban' }), count: 2 });
    expect(kept['iban']).toMatch(/^salted-sha256:[0-9a-f]{64}$/);
    expect(keptOutputs(task, { iban: 'DE0212', count: 2 }, 'uid-2')['iban']).not.toBe(kept['iban']);
  });

  it('is for no other step and no condition', () => {
    const uses = podStep('b', { when: 'steps.a.outputs.iban == "x"' }, { args: ['${steps.a.outputs.iban}'] });
    const problems = problemsOf({ steps: [podStep('a', { outputs }), uses] }).join('\n');
    expect(problems).toContain('${steps.a.outputs.iban}: the output is sensitive');
    expect(problems).toContain('output iban of step a is sensitive');
  });

  it('turns quoting off for the step that writes it', () => {
    expect(planOf(spec).tasks.map((task) => task.quoteLogs)).toEqual([false, true]);
  });
});
