import { BATCH_API_VERSION } from '../../api/names.js';
import { changedLive } from '../definition.js';
import type { InputChecks } from '../input-checks.js';
import type { Translator } from '../translator.js';
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
    projectStatus: (plan, state) => projectStatus(plan, state),
    conditions,
    onSpecChange: (plan, state) => ({ kind: 'Replan', restart: changedLive(plan, state) }),
  };
}
