import { BATCH_API_VERSION } from '../../api/names.js';
import { changedLive, hasBegun } from '../definition.js';
import type { InputChecks } from '../input-checks.js';
import type { Plan } from '../plan.js';
import type { RunState } from '../run-state.js';
import { ttlMsOf } from '../time-to-live.js';
import type { SpecChange, Translator } from '../translator.js';
import { conditions, projectStatus } from './project-status.js';
import { toPlan } from './to-plan.js';

/**
 * SequentialJobs as plans: a list of containers, run one after the other. Its spec may change while it runs: an entry that
 * runs and was changed is tried anew, later ones are what the spec says, earlier ones stand.
 */
export function createSequentialJobTranslator(executors: InputChecks): Translator {
  return {
    apiVersion: BATCH_API_VERSION,
    kind: 'SequentialJob',
    plural: 'sequentialjobs',
    toPlan: (spec) => toPlan(spec, executors),
    ttlMs: ttlMsOf,
    projectStatus: (plan, state) => projectStatus(plan, state),
    conditions,
    onSpecChange,
  };
}

/** Entries that have begun come first, and as they came: else the index of an entry would mean two things. */
function onSpecChange(plan: Plan, state: RunState): SpecChange {
  const begun = state.tasks.filter(hasBegun).map(({ name }) => name);
  const moved = begun.find((name, index) => plan.tasks[index]?.name !== name);
  return moved === undefined
    ? { kind: 'Replan', restart: changedLive(plan, state) }
    : {
        kind: 'Hold',
        message: `${moved} began at index ${begun.indexOf(moved)} of the list, and is not there any more; put it back there; until then nothing is done, and no action answered`,
      };
}
