import { formatInstant } from '../../api/instant.js';
import type { Reason, Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { Waiting } from '../../plan/run-state.js';
import type { Draft } from './draft.js';
import { PROGRESS_AFTER_MS, WAITING_REWRITE_MS } from './intervals.js';
import { roomForNote } from './room.js';
import { stopAttempt } from './stop-attempt.js';

/** What the failure room says of an attempt that cannot get on. */
export interface WaitingDiagnosis {
  readonly reason: Reason;
  readonly subreason: string | null;
  /** The cause in a few words, for a line. */
  readonly brief: string;
  readonly message: string;
  readonly verdict: Verdict;
  /** How long this may last before it is a failure, in ms; null: until the start bound. */
  readonly graceMs: number | null;
}

/** Shows why a live attempt cannot get on, and stops it where waiting has lasted long enough or cannot help. */
export function noteWaiting(draft: Draft, name: string, diagnosis: WaitingDiagnosis | null): void {
  const task = draft.task(name);
  if (diagnosis === null) {
    if (task.waiting !== null) draft.change(name, { waiting: null });
    return;
  }
  const known = task.waiting;
  const same = known !== null && known.reason === diagnosis.reason && known.subreason === diagnosis.subreason;
  const since = same ? known.since : draft.now;
  const graceMs = graceOf(draft, name, diagnosis);
  const failAt = graceMs === null ? null : since + graceMs;
  if (failAt !== null && draft.now >= failAt) {
    stopAttempt(draft, name, { why: 'FailFast', verdict: diagnosis.verdict });
    return;
  }
  if (same || !mayWrite(draft, name) || !roomForNote(draft)) return;
  const waiting: Waiting = {
    reason: diagnosis.reason,
    subreason: diagnosis.subreason,
    brief: diagnosis.brief,
    message: diagnosis.message,
    since,
    failAt,
  };
  draft.change(name, { waiting });
  const { position } = draft.task(name);
  if (!('attempt' in position)) return;
  draft.record({
    type: 'attempt.waiting',
    task: name,
    attempt: position.attempt.number,
    actor: CONTROLLER_ACTOR,
    data: {
      reason: diagnosis.reason,
      ...(diagnosis.subreason === null ? {} : { subreason: diagnosis.subreason }),
      message: diagnosis.message,
      ...(failAt === null ? {} : { failAt: formatInstant(failAt) }),
    },
  });
}

/** What the step says, but where waiting cannot help. */
function graceOf(draft: Draft, name: string, { reason, graceMs }: WaitingDiagnosis): number | null {
  if (graceMs === 0) return 0;
  return draft.planned(name).timeouts.waitingMs?.[reason] ?? graceMs;
}

function mayWrite(draft: Draft, name: string): boolean {
  const { position, waiting } = draft.task(name);
  if (!('attempt' in position)) return false;
  if (draft.now < position.attempt.intentAt + PROGRESS_AFTER_MS) return false;
  return waiting === null || draft.now >= waiting.since + WAITING_REWRITE_MS;
}
