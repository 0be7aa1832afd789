import { attemptObjectName } from '../api/object-name.js';
import type { RunRef } from '../api/run-ref.js';
import type { FoundObject, ObjectExecutor } from '../executors/executor.js';
import { decodeEngine } from '../status/decode.js';
import { namesAttempt } from './commands.js';
import type { RunAccess } from './ports.js';

interface Sweeping {
  readonly executor: Pick<ObjectExecutor, 'find' | 'release'>;
  /** Runs of the kind of this run; undefined: this controller does not know the kind. */
  readonly runsOf: (run: RunRef) => Pick<RunAccess, 'refresh'> | undefined;
}

/**
 * Stops an object of ours that no run answers for, and then lets go of it: its run is gone, or names no such attempt. A
 * controller that stood still between its decision and its request creates such a thing.
 *
 * The object is read first, and then the run, both directly: as the intent comes before the object, an attempt that the
 * later read does not show was never decided on, whatever another controller does meanwhile (design review C7).
 */
export async function sweep(
  key: { readonly namespace: string; readonly name: string },
  { executor, runsOf }: Sweeping,
): Promise<void> {
  const object = await executor.find(key.namespace, key.name);
  if (object === null || !isOurs(object)) return;
  const runs = runsOf(object.run);
  if (runs === undefined || (await answersFor(runs, object))) return;
  await executor.release(object.run, object);
}

/** Proof and name are those of the attempt: what somebody copied from us is not ours. */
function isOurs(object: FoundObject): object is FoundObject & { readonly run: RunRef } {
  const { proven, run, task, number, name } = object;
  return proven && run !== null && name === attemptObjectName(run, task, number);
}

async function answersFor(
  runs: Pick<RunAccess, 'refresh'>,
  object: FoundObject & { readonly run: RunRef },
): Promise<boolean> {
  const { namespace, name, uid } = object.run;
  const live = await runs.refresh(namespace, name);
  if (live === null || live.ref.uid !== uid) return false;
  const decoded = decodeEngine(live.status['engine']);
  // What cannot be read belongs to another version, and what is not there yet is written by the next pass.
  return !decoded.ok || decoded.value === null || namesAttempt(decoded.value, object);
}
