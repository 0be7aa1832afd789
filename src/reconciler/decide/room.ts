import { acknowledge } from '../../audit/chain.js';
import { hasRoomForAttempt, hasRoomForNote } from '../../audit/reserve.js';
import type { Draft } from './draft.js';
import { isLive } from './run-clock.js';

/** Whether the outbox has room for all that one more attempt may have to tell; while not, nothing new starts. */
export function roomForAttempt(draft: Draft): boolean {
  return hasRoomForAttempt(...claims(draft));
}

/** Whether it has room for one event that can wait: why an attempt waits, the answer to an action. */
export function roomForNote(draft: Draft): boolean {
  return hasRoomForNote(...claims(draft));
}

function claims(draft: Draft): Parameters<typeof hasRoomForAttempt> {
  const { audit, tasks } = draft.state;
  // What is stored leaves the outbox with the write that this decision leads to.
  const outbox = acknowledge(audit, draft.input.acked);
  return [outbox, { run: draft.input.run.ref, live: tasks.filter(isLive).length, pending: draft.pending }];
}
