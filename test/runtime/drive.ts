import { settle, type VirtualClock } from '../support/virtual-clock.js';

/** Longer waits are deadlines, which must not pass while real I/O is under way. */
const LONGEST_WAIT_MS = 2_000;

/** Lets a call over real sockets (or nock's) come to its end on a virtual clock, firing only its short waits. */
export async function drive<T>(clock: VirtualClock, call: Promise<T>): Promise<T> {
  const progress = { isOver: false };
  const end = (): void => {
    progress.isOver = true;
  };
  call.then(end, end);
  while (!progress.isOver) {
    await settle();
    const next = clock.untilNext;
    if (next !== null && next <= LONGEST_WAIT_MS) await clock.advanceToNext();
  }
  return call;
}

/** Turns the event loop until the condition holds; the test's own timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle();
}
