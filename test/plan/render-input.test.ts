import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../src/api/json.js';
import type { Outputs } from '../../src/plan/plan.js';
import { renderInput } from '../../src/plan/render-input.js';
import { kubeletExpand } from './kubelet-expand.js';
import { delayStep, planOf, podStep } from './specs.js';

const NO_OUTPUTS: ReadonlyMap<string, Outputs> = new Map();

/** The container of a step whose parameters have these values. */
function rendered(container: JsonObject, values: Readonly<Record<string, string>>, outputs = NO_OUTPUTS): JsonObject {
  const parameters = Object.entries(values).map(([name, value]) => ({ name, value }));
  const input = renderInput(planOf({ parameters, steps: [podStep('a', {}, container)] }), 'a', outputs);
  if (!input.ok) throw new Error(JSON.stringify(input.problems));
  const spec: Json | undefined = input.value['spec'];
  const containers = isJsonObject(spec) ? spec['containers'] : undefined;
  const [first] = Array.isArray(containers) ? (containers as readonly JsonObject[]) : [];
  return first ?? {};
}

function renderedArg(arg: string, values: Readonly<Record<string, string>>): string {
  const args = rendered({ args: [arg] }, values)['args'];
  return String(Array.isArray(args) ? args[0] : '');
}

describe('renderInput', () => {
  it('F27: quotes, braces and newlines arrive byte for byte in args, command and env', () => {
    const nasty = '"}],"x":{\'`\n\t\\ ${params.other} {{x}} ;rm -rf / 💥';
    const site = '--x=${params.x}!';
    const container = rendered(
      {
        args: [site],
        command: ['sh', site],
        env: [
          { name: 'X', value: site },
          { name: 'Y', value: 'y' },
        ],
      },
      { x: nasty, other: 'no' },
    );
    const expected = `--x=${nasty}!`;
    expect([container['args'], container['command'], container['env']].map((list) => kubeletEach(list))).toEqual([
      [expected],
      ['sh', expected],
      [
        { name: 'X', value: expected },
        { name: 'Y', value: 'y' },
      ],
    ]);
  });

  it('F27: whatever a value holds, the program gets it (any Unicode, any dollars and brackets)', () => {
    const dollars = fc
      .array(fc.constantFrom('$', '(', ')', '{', '}', 'HOME', 'x', 'é', '"', '\\', '\n'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const value = fc.oneof(dollars, fc.string({ unit: 'binary', maxLength: 40 }));
    // What the author writes around it: any text in which neither the kubelet nor a reference has a meaning.
    const around = fc.string({ maxLength: 10 }).map((text) => text.replaceAll('$', ''));
    fc.assert(
      fc.property(around, value, around, value, (before, x, between, y) => {
        const arg = renderedArg(`${before}\${params.x}${between}\${params.y}`, { x, y });
        expect(
          kubeletExpand(
            arg,
            new Map([
              ['HOME', '/root'],
              ['x', 'leaked'],
            ]),
          ),
        ).toBe(before + x + between + y);
      }),
      { numRuns: 500 },
    );
  });

  it('X2: a value neither reads the variables of its container nor completes a name of the author', () => {
    const secrets = new Map([['DB_PASSWORD', 'hunter2']]);
    const text = fc
      .array(fc.constantFrom('$', '(', ')', '$(', 'DB_PASSWORD', 'DB_', 'PASSWORD', ' ', '$(DB_PASSWORD'), {
        maxLength: 5,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (before, x, after) => {
        const seen = kubeletExpand(renderedArg(`${before}|\${params.x}${after}`, { x }), secrets);
        const literal = kubeletExpand(`${before}|`, secrets) + kubeletExpand(after, secrets);
        const count = (of: string): number => of.split('hunter2').length - 1;
        expect(count(seen)).toBeLessThanOrEqual(count(literal));
      }),
      { numRuns: 500 },
    );
    expect(renderedArg('$(${params.x})', { x: 'DB_PASSWORD' })).toBe('$$(DB_PASSWORD)');
    expect(renderedArg('${params.x}', { x: '$(DB_PASSWORD)' })).toBe('$$(DB_PASSWORD)');
  });

  it('leaves to the kubelet and the shell what the author wrote for them', () => {
    const script = 'echo $(POD_IP) $$(x) ${HOME} ${#keys} $((A * 2)) $(date | sed s/a/b/) $1';
    expect(renderedArg(script, {})).toBe(script);
    expect(kubeletExpand(renderedArg(`\${params.x} ${script}`, { x: 'v' }), new Map([['POD_IP', '10.0.0.1']]))).toBe(
      'v echo 10.0.0.1 $(x) ${HOME} ${#keys} $((A * 2)) $(date | sed s/a/b/) $1',
    );
  });

  it('makes a literal reference of $${', () => {
    expect(renderedArg('$${params.x} ${params.x}', { x: 'v' })).toBe('${params.x} v');
  });

  it('does not read a value as a template again', () => {
    expect(
      kubeletExpand(renderedArg('${params.x}', { x: '${params.y} ${steps.a.outputs.b}', y: 'no' }), new Map()),
    ).toBe('${params.y} ${steps.a.outputs.b}');
  });

  it('writes numbers and booleans as JSON does, from parameters and outputs', () => {
    const outputs = [
      { name: 'n', type: 'integer' },
      { name: 'r', type: 'number' },
      { name: 'ok', type: 'boolean' },
      { name: 't' },
    ];
    const plan = planOf({
      parameters: [
        { name: 'i', type: 'integer', value: '-7' },
        { name: 'b', type: 'boolean', value: 'false' },
      ],
      steps: [
        delayStep('a', { outputs }),
        podStep(
          'b',
          {},
          {
            args: [
              '${params.i} ${params.b}',
              '${steps.a.outputs.n} ${steps.a.outputs.r} ${steps.a.outputs.ok} ${steps.a.outputs.t}',
            ],
          },
        ),
      ],
    });
    const input = renderInput(plan, 'b', new Map([['a', { n: 3, r: 0.25, ok: true, t: '$1' }]]));
    expect(input).toMatchObject({
      ok: true,
      value: { spec: { containers: [{ args: ['-7 false', '3 0.25 true $$1'] }] } },
    });
  });

  it('X2: makes of a secret a reference that only the kubelet resolves', () => {
    const parameters = [{ name: 'token', valueFrom: { secretKeyRef: { name: 'api', key: 't' } } }];
    const plan = planOf({
      parameters,
      steps: [podStep('a', {}, { env: [{ name: 'TOKEN', value: '${params.token}' }] })],
    });
    expect(renderInput(plan, 'a', NO_OUTPUTS)).toMatchObject({
      ok: true,
      value: {
        spec: { containers: [{ env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 't' } } }] }] },
      },
    });
  });

  it('C12: an output of a step that was skipped is a problem with the path of the field that needs it', () => {
    const steps = [
      delayStep('a', { outputs: [{ name: 'x' }, { name: '__proto__' }] }),
      podStep('b', {}, { args: ['y', '${steps.a.outputs.x}', '${steps.a.outputs.__proto__}'] }),
    ];
    const path = 'spec.steps[1].pod.spec.containers[0].args';
    const problem = (index: number, name: string) => ({
      path: `${path}[${index}]`,
      message: `\${steps.a.outputs.${name}}: step a has no output ${name} (it was skipped, or did not succeed)`,
    });
    const problems = [problem(1, 'x'), problem(2, '__proto__')];
    expect(renderInput(planOf({ steps }), 'b', NO_OUTPUTS)).toEqual({ ok: false, problems });
    expect(renderInput(planOf({ steps }), 'b', new Map([['a', {}]]))).toEqual({ ok: false, problems });
  });

  it('changes nothing of an input without references', () => {
    const plan = planOf({
      steps: [podStep('a', {}, { args: ['$$', '$(X)', '${HOME}'], env: [{ name: 'E' }] }), delayStep('b')],
    });
    expect(renderInput(plan, 'a', NO_OUTPUTS)).toEqual({ ok: true, value: plan.tasks[0]?.input });
    expect(renderInput(plan, 'b', NO_OUTPUTS)).toEqual({ ok: true, value: { duration: '1s' } });
  });
});

/** What the kubelet makes of each element of a list, or of the values of env entries. */
function kubeletEach(list: Json | undefined): Json[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).map((item) => {
    if (typeof item === 'string') return kubeletExpand(item, new Map());
    if (!isJsonObject(item) || typeof item['value'] !== 'string') return item;
    return { name: item['name'] ?? null, value: kubeletExpand(item['value'], new Map()) };
  });
}
