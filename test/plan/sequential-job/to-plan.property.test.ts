import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checked } from '../../../src/api/field-problem.js';
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '../../../src/api/json.js';
import { INPUT_CHECKS } from '../../../src/executors/input-checks.js';
import { definitionOf } from '../../../src/plan/definition.js';
import type { Plan } from '../../../src/plan/plan.js';
import { renderInput } from '../../../src/plan/render-input.js';
import { createSequentialJobTranslator } from '../../../src/plan/sequential-job/translator.js';
import { isPlaceIn } from '../specs.js';

const translator = createSequentialJobTranslator(INPUT_CHECKS);
const toPlan = (spec: JsonObject): Checked<Plan> => translator.toPlan(spec);

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const anyJson = fc.jsonValue({ maxDepth: 3 }).map(asJson);
const text = fc.constantFrom('', 'x', '30s', '1d', '${params.x}', '$${x}', '$(HOME)', '-', 'Tail', 'Never', 'Always');
const name = fc.constantFrom('a', 'b', 'c', 'A', '', 'a'.repeat(64), '-x');
const or = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: anyJson });

/** A spec that has the right fields, sometimes with the right values. */
const nearSpec: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      containers: or(
        fc.array(
          or(
            fc.record(
              { name, image: text, args: or(fc.array(text)), restartPolicy: or(text) },
              { requiredKeys: ['name', 'image'] },
            ),
          ),
          { maxLength: 4 },
        ),
      ),
      template: or(
        fc.record(
          {
            metadata: or(
              fc.record(
                { labels: or(fc.dictionary(fc.constantFrom('team', 'lockstep.dev/task'), text)) },
                { requiredKeys: [] },
              ),
            ),
            spec: or(
              fc.record({ restartPolicy: text, containers: anyJson, hostNetwork: fc.boolean() }, { requiredKeys: [] }),
            ),
          },
          { requiredKeys: [] },
        ),
      ),
      idempotent: or(fc.boolean()),
      timeouts: or(fc.record({ start: or(text), run: or(text) }, { requiredKeys: [] })),
      retry: or(
        fc.record({ execution: or(fc.record({ limit: or(fc.integer({ min: -1, max: 25 })) })) }, { requiredKeys: [] }),
      ),
      evidence: or(fc.record({ logs: or(text) })),
      timeout: or(text),
      ttlSecondsAfterFinished: or(fc.integer()),
    },
    { requiredKeys: ['containers'] },
  )
  .map(asJson)
  .filter(isJsonObject);

/** A spec that has no fault. */
const goodSpec: fc.Arbitrary<JsonObject> = fc
  .uniqueArray(fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/), { minLength: 1, maxLength: 64 })
  .chain((names) =>
    fc.array(fc.string(), { maxLength: 3 }).map((args) => ({
      containers: names.map((each) => ({
        name: each,
        image: 'busybox',
        args,
        env: [{ name: 'X', value: args.join('') }],
      })),
    })),
  )
  .map(asJson)
  .filter(isJsonObject);

function planOf(spec: JsonObject): Plan {
  const plan = toPlan(spec);
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  return plan.value;
}

describe('the plan of a SequentialJob', () => {
  it('any JSON gives a plan or problems, and never an error', () => {
    fc.assert(
      fc.property(fc.oneof(nearSpec, anyJson.filter(isJsonObject)), (spec) => {
        const plan = toPlan(spec);
        if (!plan.ok) expect(plan.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('problems have paths that are there, or are missing in what is there', () => {
    fc.assert(
      fc.property(nearSpec, (spec) => {
        const plan = toPlan(spec);
        const problems = plan.ok ? [] : plan.problems;
        expect(problems.filter(({ path }) => !isPlaceIn({ spec }, path))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('a list of containers becomes as many tasks, each after the one before it, in one pod with its index', () => {
    fc.assert(
      fc.property(goodSpec, (spec) => {
        const { tasks, parallelism, stepwise } = planOf(spec);
        const containers = isJsonArray(spec['containers']) ? spec['containers'] : [];
        expect([parallelism, stepwise, tasks.length]).toEqual([1, true, containers.length]);
        tasks.forEach((task, index) => {
          expect(task.dependsOn).toEqual(tasks.slice(Math.max(0, index - 1), index).map((before) => before.name));
          expect(task.input).toMatchObject({
            metadata: { labels: { 'sequentialjob.batch.lockstep.dev/index': String(index) } },
          });
        });
      }),
      { numRuns: 100 },
    );
  });

  it('what a container says arrives byte for byte, whatever looks like a parameter', () => {
    fc.assert(
      fc.property(goodSpec, (spec) => {
        const plan = planOf(spec);
        const [first] = isJsonArray(spec['containers']) ? spec['containers'] : [];
        const rendered = renderInput(plan, plan.tasks[0]?.name ?? '', new Map());
        expect(rendered.ok && rendered.value).toMatchObject({ spec: { containers: [first] } });
      }),
      { numRuns: 200 },
    );
  });

  it('a change to one container changes its definition, and that of no other', () => {
    fc.assert(
      fc.property(goodSpec, fc.nat(), (spec, seed) => {
        const containers = isJsonArray(spec['containers']) ? spec['containers'] : [];
        const at = seed % containers.length;
        const changed = containers.map((item, index) =>
          index === at && isJsonObject(item) ? { ...item, image: 'busybox:2' } : item,
        );
        const [before, after] = [planOf(spec), planOf({ ...spec, containers: changed })];
        const differs = before.tasks.map(({ name: task }) => definitionOf(before, task) !== definitionOf(after, task));
        expect(differs).toEqual(containers.map((_, index) => index === at));
      }),
      { numRuns: 100 },
    );
  });
});
