import { cite, citeEvent } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import type { Finding, Rule } from '../finding.js';
import { refusalOf, refusalOfText, type Refusal } from './api-refusals.js';

/** The API server did not take the create. */
export const refusedCreate: Rule = {
  name: 'refused-create',
  basis: 'The API server answers a refused request with a Status whose text names the authorizer, plug-in or webhook.',
  waiting: true,
  apply({ refusal }) {
    if (refusal === null) return null;
    const text = refusal.message ?? '';
    const known = refusalOf({ text, code: refusal.code ?? 0, reason: refusal.reason ?? '' });
    const meaning: Refusal = known ?? {
      reason: 'Unknown',
      subreason: 'FailedWithoutDetail',
      clears: false,
      open: true,
    };
    return {
      ...findingOf(meaning, text),
      citations: [
        cite('create', 'message', text),
        cite('create', 'code', `${refusal.code ?? 0} ${refusal.reason ?? ''}`),
      ],
    };
  },
};

/** A controller could not create the pod: only its FailedCreate events say so. */
export const failedCreate: Rule = {
  name: 'failed-create',
  basis:
    'The Job, ReplicaSet, StatefulSet and DaemonSet controllers repeat a refused pod create and send FailedCreate.',
  waiting: true,
  apply(facts) {
    if (facts.pod !== null) return null;
    const event = lastFailedCreate(facts);
    if (event === null) return null;
    const meaning = refusalOfText(event.message);
    if (meaning === null) return null;
    // The controller repeats the create until it ends.
    const over = facts.job?.over === true;
    return { ...findingOf(meaning, event.message), mayStillRun: !over, citations: [citeEvent(event)] };
  },
};

function lastFailedCreate({ events, job }: Facts): Facts['events'][number] | null {
  if (job?.counts.active !== undefined && job.counts.active > 0) return null;
  return events.findLast((event) => event.reason === 'FailedCreate' && event.kind !== 'Pod') ?? null;
}

function findingOf({ reason, subreason, clears, open }: Refusal, text: string): Omit<Finding, 'citations'> {
  const hint = open ? ' It is not known whether the object was stored all the same.' : '';
  return { reason, subreason, clears, mayStillRun: open, message: `The API server refused it: ${text}${hint}` };
}
