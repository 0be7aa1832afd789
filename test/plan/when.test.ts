import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.js';
import type { Outputs } from '../../src/plan/plan.js';
import type { TaskPosition, TaskState } from '../../src/plan/run-state.js';
import { evaluateWhen, type WhenResult } from '../../src/plan/when/index.js';
import { delayStep, planOf, problemList } from './specs.js';

const PARAMETERS: Json = [
  { name: 'force', type: 'boolean', value: 'false' },
  { name: 'replicas', type: 'integer', value: '3' },
  { name: 'share', type: 'number', value: '0.5' },
  { name: 'mode', value: 'fast' },
];
const PROBE_OUTPUTS: Json = [
  { name: 'healthy', type: 'boolean' },
  { name: 'count', type: 'integer' },
  { name: 'ratio', type: 'number' },
  { name: 'text' },
];

/** A run in which the step `warm` has the condition; `probe` and `pre-check` come before, `beside` next to it. */
function specWith(when: string): JsonObject {
  return {
    order: 'Graph',
    parameters: PARAMETERS,
    steps: [
      delayStep('pre-check', { outputs: [{ name: 'ok', type: 'boolean' }] }),
      delayStep('probe', { dependsOn: ['pre-check'], outputs: PROBE_OUTPUTS }),
      delayStep('beside'),
      delayStep('warm', { dependsOn: ['probe'], when }),
    ],
  };
}

/** What is wrong with a condition, or null. */
function faultOf(when: string): string | null {
  const problems = problemList(specWith(when));
  expect(problems.every((problem) => problem.path === 'spec.steps[3].when')).toBe(true);
  return problems.map((problem) => problem.message.replace('step warm: ', '')).join('; ') || null;
}

const VALUES: Outputs = { healthy: true, count: 2, ratio: 1, text: 'x' };

const SUCCEEDED: TaskPosition = { state: 'Succeeded', endedAt: 0, outputs: VALUES };

function evaluate(when: string, probe: TaskPosition = SUCCEEDED): string {
  return resultOf(when, probe).kind;
}

function resultOf(when: string, probe: TaskPosition): WhenResult {
  const plan = planOf(specWith(when));
  const positions: Readonly<Record<string, TaskPosition>> = {
    'pre-check': { state: 'Succeeded', endedAt: 0, outputs: { ok: true } },
    probe,
  };
  const tasks = plan.tasks.map(({ name, group }): TaskState => ({
    name,
    group,
    position: positions[name] ?? { state: 'Waiting' },
    waiting: null,
    retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
    ended: [],
    omitted: 0,
  }));
  return evaluateWhen(plan, 'warm', tasks);
}

describe('a condition', () => {
  it.each([
    ['steps.probe.state == "Succeeded"', 'true'],
    ['steps.probe.state == "Failed"', 'false'],
    ['steps["pre-check"].state == "Succeeded" && steps["pre-check"].outputs.ok', 'true'],
    ['params.force || steps.probe.outputs.healthy', 'true'],
    ['!(params.force || steps.probe.outputs.healthy)', 'false'],
    ['params.force ? false : true', 'true'],
    ['steps.probe.state in ["Failed", "Skipped"]', 'false'],
  ])('F10: %s is %s', (when, expected) => {
    expect(evaluate(when)).toBe(expected);
  });

  it.each([
    ['params.replicas + 1 == 4', 'true'],
    ['params.replicas > steps.probe.outputs.count', 'true'],
    ['steps.probe.outputs.ratio + 0.5 == 1.5', 'true'],
    ['steps.probe.outputs.ratio >= 1', 'true'],
    ['params.share < 1', 'true'],
    ['params.mode.startsWith("fa") && size(params.mode) == 4', 'true'],
    ['params.mode.matches("^f.*t$")', 'true'],
    ['["fast", "slow"].exists(m, m == params.mode)', 'true'],
    ['string(params.replicas) == "3"', 'true'],
  ])('computes with types: %s is %s', (when, expected) => {
    expect(evaluate(when)).toBe(expected);
  });

  it('F9: is in error where an output is absent, never true; has() asks first', () => {
    const skipped: TaskPosition = { state: 'Skipped', endedAt: 0, reason: 'Condition', message: '' };
    expect(evaluate('steps.probe.outputs.healthy', skipped)).toBe('error');
    expect(evaluate('has(steps.probe.outputs.healthy) && steps.probe.outputs.healthy', skipped)).toBe('false');
    expect(evaluate('steps.probe.state == "Skipped"', skipped)).toBe('true');
  });

  it('F9: is in error where an operation fails', () => {
    expect(evaluate('10 / (params.replicas - 3) == 1')).toBe('error');
    expect(evaluate('int(params.mode) == 1')).toBe('error');
  });

  it.each([
    ['params.mode ==', 'at character 13: found = but expecting end of input'],
    ['steps.prob.state == "Failed"', 'there is no step prob; did you mean probe?'],
    ['steps.pre-check.state == "x"', 'there is no step pre; write steps["pre-check"] for a name with a dash'],
    ['steps.beside.state == "Failed"', 'step beside is not surely over when warm begins; make it a dependency'],
    ['steps.warm.state == "Failed"', 'step warm has no outcome before it has run'],
  ])('F9: is refused before anything runs: %s', (when, fault) => {
    expect(faultOf(when)).toBe(fault);
  });

  it.each([
    ['params.forc', 'there is no parameter forc; did you mean force?'],
    ['steps.probe.outputs.healty', 'step probe declares no output healty; did you mean healthy?'],
    ['steps.probe.outcome == "x"', 'steps.probe has state and outputs, and no outcome'],
    ['outputs.x == 1', 'outputs is not known; there are params and steps'],
    ['params.replicas', 'must be true or false, and is int'],
    ['steps.probe.state', 'must be true or false, and is string'],
    ['params.replicas == "3"', 'int == string is never decided: they are of different types'],
    ['steps.probe.outputs.healthy == "true"', 'bool == string is never decided: they are of different types'],
    ['params.mode && true', '&& joins true or false, not string'],
    ['params.replicas + 0.5 == 3.5', '+ does not take int and double'],
    ['steps.probe.outputs.ratio + 1 == 2.0', '+ does not take double and int'],
    ['params.mode < 3', '< does not take string and int'],
    ['(params.force ? 1 : "x") == 1', '? gives int or string; both must be of one type'],
    ['params[steps.probe.state] == 1', 'a step, an output or a parameter must be named by a literal text'],
  ])('is type-checked: %s', (when, fault) => {
    expect(faultOf(when)).toBe(fault);
  });

  it('is refused where it calls what there is not', () => {
    expect(faultOf('params.mode.lower() == "x"')).toMatch(/^there is no function lower; there are size, /);
    expect(faultOf('http.get("x") == 1')).toMatch(/^(http is not known|there is no function)/);
  });

  it('is small: text, brackets, parts and nested loops are limited', () => {
    expect(faultOf(`"${'x'.repeat(1_100)}" == ""`)).toMatch(/longer than 1024/);
    expect(faultOf(`${'('.repeat(40)}true${')'.repeat(40)}`)).toBe('nests more than 32 brackets');
    expect(faultOf(Array.from({ length: 120 }, () => 'true').join('||'))).toBe('has more than 200 parts');
    expect(faultOf('[1].all(a, [1].all(b, [1].all(c, true)))')).toBe('nests more than 2 of all, exists, map, filter');
    expect(faultOf('[1].all(a, [1].all(b, true))')).toBeNull();
  });

  it('F9: whatever passes the check gives true, false or an error, and never a surprise, for any expression', () => {
    const leaf = fc.constantFrom(
      'params.force',
      'params.replicas',
      'params.share',
      'params.mode',
      'steps.probe.state',
      'steps.probe.outputs.healthy',
      'steps.probe.outputs.count',
      'steps.probe.outputs.ratio',
      'steps["pre-check"].outputs.ok',
      '1',
      '1.5',
      '"x"',
      'true',
      'null',
      '[1, 2]',
      'steps.probe.outputs',
      'params',
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc
          .tuple(
            tie('expression'),
            fc.constantFrom('==', '!=', '<', '>=', '+', '-', '*', '/', '%', '&&', '||', 'in'),
            tie('expression'),
          )
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
        fc
          .tuple(fc.constantFrom('!', '-', 'size', 'int', 'string', 'double'), tie('expression'))
          .map(([f, a]) => `${f}(${a})`),
        fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[${a}].exists(x, x == ${b})`),
      ),
    }));
    const asBool = expression.map((text) => `(${text}) == true`);
    fc.assert(
      fc.property(fc.oneof(expression, asBool), (when) => {
        if (when.length > 1_024 || faultOf(when) !== null) return;
        const result = resultOf(when, SUCCEEDED);
        // What can still fail depends on values (a division by zero), not on types.
        if (result.kind === 'error') expect(result.message).not.toMatch(/overload|must be true or false/);
      }),
      { numRuns: 8_000 },
    );
  });

  it('F9: any text is a condition or is refused, without an exception and in little time', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc
            .array(
              fc.constantFrom('(', '[', '{', '"', "'", 'params', '.', '!', '-', '?', ':', 'r"""', '&&', '1', ' '),
              { maxLength: 60 },
            )
            .map((parts) => parts.join('')),
        ),
        (when) => {
          expect(() => faultOf(when)).not.toThrow();
        },
      ),
    );
  });
});
