import { describe, expect, it } from 'vitest';
import { planOf, podStep, problemList, problemsOf } from './specs.js';

const KIB = 1_024;

describe('an execution that is too large for one object', () => {
  it('is refused before it starts, with its largest step', () => {
    const spec = {
      steps: [
        podStep('small'),
        podStep('large', {}, { args: ['x'.repeat(300 * KIB)] }),
        podStep('b', {}, { args: ['y'.repeat(250 * KIB)] }),
      ],
    };
    const [problem, ...others] = problemList(spec);
    expect(others).toEqual([]);
    expect(problem?.path).toBe('spec');
    expect(problem?.message).toMatch(
      /^has \d+ bytes as JSON, at most 524288 are allowed; most of it is spec\.steps\[1\]/,
    );
  });

  it('is accepted just below', () => {
    expect(problemsOf({ steps: [podStep('large', {}, { args: ['x'.repeat(500 * KIB)] })] })).toEqual([]);
  });

  it('is refused where parameters would make its pod too large, at the field that they stand in', () => {
    const spec = {
      parameters: [{ name: 'text', value: 'x'.repeat(4_000) }],
      steps: [podStep('a', {}, { args: ['short', '${params.text}'.repeat(140)] })],
    };
    const [problem] = problemList(spec);
    expect(problem?.path).toBe('spec.steps[0].pod.spec.containers[0].args[1]');
    expect(problem?.message).toContain('step a can have');
  });

  it('is refused where outputs could make its pod too large', () => {
    const spec = {
      steps: [
        podStep('a', { outputs: [{ name: 'list' }] }),
        podStep('b', {}, { args: ['${steps.a.outputs.list}'.repeat(140)] }),
      ],
    };
    expect(problemList(spec).map(({ path }) => path)).toEqual(['spec.steps[1].pod.spec.containers[0].args[0]']);
  });

  it('may use its parameters often as long as they are short', () => {
    const step = podStep('a', {}, { args: ['${params.text}'.repeat(140)] });
    expect(planOf({ parameters: [{ name: 'text', value: 'web' }], steps: [step] }).tasks).toHaveLength(1);
  });
});
