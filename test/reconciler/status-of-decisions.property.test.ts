import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { isJsonObject } from '../../src/api/json.js';
import { bytesOf } from '../../src/audit/bounded-data.js';
import type { ActionVerb } from '../../src/api/types.js';
import { projectStatus } from '../../src/plan/workflow-execution/project-status.js';
import { isTerminalPhase } from '../../src/reconciler/decide/phases.js';
import { draftStatus } from '../../src/status/draft.js';
import { STATUS_BYTES } from '../../src/status/fit.js';
import { wildText } from '../support/arbitrary-run-state.js';
import { checkSchema, statusSchema } from '../support/check-schema.js';
import { arbitraryPlan } from '../support/plans.js';
import { type Fate, PULL_FAILS, RUNS_ON, World, runs } from '../support/world.js';

const schema = statusSchema('crds/workflowexecutions.yaml');

/** What a cluster and its programs may say: of any length, in any characters. */
const wildFate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant(runs(0)),
  fc.tuple(fc.nat(255), wildText).map(([code, message]) => runs(code, { message })),
  wildText.map((message): Fate => ({ kind: 'refused', message })),
  wildText.map((message): Fate => ({
    kind: 'pod',
    scenes: [{ afterMs: 100, script: { kind: 'waiting', reason: 'CreateContainerConfigError', message } }],
  })),
  fc.constantFrom(PULL_FAILS, RUNS_ON),
);

const history = fc.record({
  plan: arbitraryPlan,
  fates: fc.array(wildFate, { minLength: 1, maxLength: 6 }),
  verb: fc.constantFrom<ActionVerb | null>(null, 'Cancel', 'Terminate', 'Suspend'),
  actAfter: fc.nat(6),
});

describe('the status of whatever decide decides', () => {
  it('C9, C10: is taken by the CRD and within its budget, at every pass', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(history, ({ plan, fates, verb, actAfter }) => {
        const world = new World(
          plan,
          (task, attempt) => fates[(task.charCodeAt(1) + attempt) % fates.length] ?? runs(0),
        );
        let status: JsonObject = {};
        for (let pass = 0; pass < 40; pass += 1) {
          if (pass === actAfter && verb !== null) world.act(verb);
          const state = world.pass();
          status = { ...status, ...statusOf(world, status) };
          expect(checkSchema(schema, withoutNulls(status))).toEqual([]);
          expect(bytesOf(status)).toBeLessThanOrEqual(STATUS_BYTES);
          if (isTerminalPhase(state.phase) || !world.advance()) return;
        }
      }),
      { numRuns: 40 },
    );
  });
});

function statusOf({ state, plan, now }: World, status: JsonObject): JsonObject {
  if (state === null) return {};
  const seen = { uid: 'uid-1', resourceVersion: '1', generation: 1, status: {} };
  const patch = draftStatus(seen, { state, own: projectStatus(plan, state), backlog: null, now });
  return isJsonObject(patch?.['status']) ? patch['status'] : status;
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
