import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/api/canonical-json.js';
import type { Json, JsonObject } from '../../src/api/json.js';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import { toPlan } from '../../src/plan/workflow-execution/to-plan.js';
import { isPlaceIn, planOf, problemList } from './specs.js';

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const anyJson = fc.jsonValue({ maxDepth: 3 }).map(asJson);

const name = fc.constantFrom('a', 'b', 'c', 'd', 'probe', 'warm-up');
const text = fc.constantFrom(
  '',
  'x',
  '${params.x}',
  '${params.y}',
  '${steps.a.outputs.o}',
  '${steps.zzz.outputs.o}',
  '${params.}',
  '$${',
  '30s',
  '1d',
  'steps.a.state == "Failed"',
  '1 +',
);

/** A spec that has the right fields, sometimes with the right values: what people write, and worse. */
const nearSpec: fc.Arbitrary<JsonObject> = (() => {
  const or = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: anyJson });
  const container = fc.record(
    {
      name,
      image: text,
      args: or(fc.array(text, { maxLength: 3 })),
      env: or(fc.array(fc.record({ name: text, value: or(text) }), { maxLength: 2 })),
    },
    { requiredKeys: [] },
  );
  const podSpec = fc.record(
    { containers: or(fc.array(or(container), { maxLength: 2 })), restartPolicy: text },
    { requiredKeys: ['containers'] },
  );
  const budget = fc.record(
    {
      limit: fc.integer({ min: -1, max: 25 }),
      base: text,
      cap: text,
      factor: fc.double(),
      jitterPercent: fc.integer(),
    },
    { requiredKeys: [] },
  );
  const step = fc.record(
    {
      name: or(name),
      delay: text,
      pod: or(fc.record({ spec: or(podSpec), main: or(fc.array(name)) }, { requiredKeys: ['spec'] })),
      job: or(
        fc.record({
          spec: or(
            fc.record(
              { template: or(fc.record({ spec: or(podSpec) })), backoffLimit: fc.integer() },
              { requiredKeys: ['template'] },
            ),
          ),
        }),
      ),
      dependsOn: or(fc.array(name, { maxLength: 4 })),
      when: text,
      idempotent: or(fc.boolean()),
      timeouts: or(fc.record({ start: text, run: text, stop: or(text) }, { requiredKeys: [] })),
      retry: or(
        fc.record({ preExecution: or(budget), infrastructure: budget, execution: or(budget) }, { requiredKeys: [] }),
      ),
      outputs: or(
        fc.array(
          fc.record(
            { name: fc.constantFrom('o', 'p', '__proto__'), type: fc.constantFrom('string', 'integer', 'nope') },
            { requiredKeys: ['name'] },
          ),
          { maxLength: 2 },
        ),
      ),
    },
    { requiredKeys: ['name'] },
  );
  const parameter = fc.record(
    {
      name: fc.constantFrom('x', 'y', '__proto__', '1'),
      value: or(text),
      default: text,
      type: fc.constantFrom('string', 'integer', 'boolean'),
      enum: or(fc.array(or(text))),
      valueFrom: or(
        fc.record(
          { secretKeyRef: or(fc.record({ name: text, key: text }, { requiredKeys: [] })) },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: ['name'] },
  );
  const steps = or(fc.array(or(step), { maxLength: 5 }));
  return fc
    .record(
      {
        steps,
        finally: steps,
        order: fc.constantFrom('Graph', 'Sequential', 'graph'),
        onFailure: fc.constantFrom('FailFast', 'Continue', ''),
        parameters: or(fc.array(or(parameter), { maxLength: 3 })),
        timeout: or(text),
        parallelism: or(fc.integer({ min: -1, max: 14 })),
        serviceAccountName: or(text),
      },
      { requiredKeys: ['steps'] },
    )
    .map((spec) => asJson(spec) as JsonObject);
})();

/** Specs without faults: steps in a graph, with outputs that later ones use. */
const goodSpec: fc.Arbitrary<JsonObject> = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .map((edges) => ({
    order: 'Graph',
    steps: edges.map((targets, index) => {
      const dependsOn = [...new Set(targets.filter((target) => target < index))].map((target) => `s${target}`);
      const args = dependsOn.map((dependency) => `\${steps.${dependency}.outputs.o}`);
      return {
        name: `s${index}`,
        dependsOn,
        outputs: [{ name: 'o' }],
        pod: { spec: { containers: [{ name: 'main', image: 'busybox', args }] } },
      };
    }),
  }));

describe('toPlan, for any spec', () => {
  it('F42: never throws: any JSON gives a plan or problems', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), anyJson), nearSpec), (spec) => {
        const plan = toPlan(spec, INPUT_CHECKS);
        if (!plan.ok) expect(plan.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
    let deep: Json = {};
    for (let level = 0; level < 20_000; level += 1) deep = { a: deep };
    expect(toPlan({ steps: [{ name: 'a', pod: deep }] }, INPUT_CHECKS).ok).toBe(false);
  });

  it('has problems whose paths are there, or missing in what is there, each once', () => {
    fc.assert(
      fc.property(nearSpec, (spec) => {
        const problems = problemList(spec);
        for (const { path } of problems) expect(isPlaceIn(spec, path), path).toBe(true);
        expect(new Set(problems.map((problem) => `${problem.path} ${problem.message}`)).size).toBe(problems.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('C13: is acyclic by construction: every task comes after what it depends on', () => {
    const sound = (spec: JsonObject): void => {
      const plan = toPlan(spec, INPUT_CHECKS);
      if (!plan.ok) return;
      const before = new Set<string>();
      for (const { name: own, dependsOn } of plan.value.tasks) {
        expect(dependsOn.every((dependency) => before.has(dependency))).toBe(true);
        expect(before.has(own)).toBe(false);
        before.add(own);
      }
    };
    fc.assert(fc.property(nearSpec, sound), { numRuns: 300 });
    fc.assert(
      fc.property(goodSpec, (spec) => {
        expect(problemList(spec)).toEqual([]);
        sound(spec);
      }),
    );
  });

  it('F47: has a digest that does not depend on the order of keys, and tells different plans apart', () => {
    fc.assert(
      fc.property(goodSpec, fc.nat(11), (spec, width) => {
        const shuffled = reversed(spec) as JsonObject;
        expect(planOf(shuffled).digest).toBe(planOf(spec).digest);
        const [one, other] = [planOf(spec), planOf({ ...spec, parallelism: width + 1 })];
        expect(one.digest === other.digest).toBe(
          canonicalJson(asJson({ ...one, digest: '' })) === canonicalJson(asJson({ ...other, digest: '' })),
        );
        expect(one.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      }),
    );
  });
});

/** The same value with the keys of all objects in reverse order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member as Json)]),
  );
}
