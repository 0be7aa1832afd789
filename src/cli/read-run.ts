import type { JsonObject } from '../api/json.js';
import type { Plan } from '../plan/plan.js';
import type { RunState } from '../plan/run-state.js';
import type { Stored } from '../runtime/index.js';
import { decodeEngine } from '../status/decode.js';
import { CliError } from './errors.js';
import { type RunView, viewOf } from './view/run-view.js';
import type { ExecutionObject } from './resources.js';
import { EXECUTION_KIND, type RunKind, shownName } from './run-kinds.js';

/** A run as the command line works with it. */
export interface ReadRun {
  readonly kind: RunKind;
  readonly object: Stored<ExecutionObject>;
  readonly plan: Plan | null;
  readonly state: RunState | null;
  readonly view: RunView;
}

/** Reads a run: its plan from the spec, its state from the status. @throws CliError for a status that is not ours */
export function readRun(object: Stored<ExecutionObject>, kind: RunKind = EXECUTION_KIND): ReadRun {
  const plan = kind.translator.toPlan(object.spec);
  const status: JsonObject = object.status ?? {};
  const state = decodeEngine(status['engine']);
  if (!state.ok) {
    const said = state.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
    throw new CliError(
      `the status of ${object.metadata.namespace ?? ''}/${object.metadata.name} cannot be read by this version of Lockstep: ${said}`,
    );
  }
  const { metadata, spec } = object;
  const meta = {
    name: metadata.name,
    uid: metadata.uid,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(metadata.creationTimestamp === undefined ? {} : { creationTimestamp: metadata.creationTimestamp }),
  };
  const known = plan.ok ? plan.value : null;
  return {
    kind,
    object,
    plan: known,
    state: state.value,
    view: viewOf({ metadata: meta, shownName: shownName(kind, metadata.name), spec, status }, known, state.value),
  };
}
