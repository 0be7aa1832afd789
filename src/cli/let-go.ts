import type { Clock } from '../api/clock.js';
import { OWES_FINALIZER } from '../api/names.js';
import { type Client, type ObjectRef, type Resource, delay } from '../runtime/index.js';
import type { ExecutionObject } from './resources.js';

/** How long the end of a command may wait for it, in ms: the audit store may be away, and the next process goes on. */
const LIMIT_MS = 5_000;
const LOOK_MS = 20;

/**
 * Waits until a run that is over owes nothing: its trail is stored and its finalizer off. A process that ended before
 * would leave a run that cannot be deleted while no controller works. Ends without it after 5 s, and
 * where the API server does not answer: how the run came out is told already.
 */
export async function letGo(
  client: Client,
  {
    resource,
    ref,
    clock,
  }: { readonly resource: Resource<ExecutionObject>; readonly ref: ObjectRef; readonly clock: Clock },
): Promise<void> {
  const until = clock.monotonic() + LIMIT_MS;
  while (clock.monotonic() < until) {
    const run = await client.find(resource, ref).catch(() => null);
    if (run?.metadata.finalizers?.includes(OWES_FINALIZER) !== true) return;
    await delay(clock, LOOK_MS);
  }
}
