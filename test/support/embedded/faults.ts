import type { ApiCall } from './api-call.js';

/**
 * What becomes of a call:
 * - answer: the API server is not reached; this is the answer.
 * - lost: it is carried out, and the connection breaks before the answer.
 * - turned: it is carried out, and this is the answer nevertheless.
 * - silent: it is carried out, and no answer ever comes: the caller gives up by its own clock.
 * - unsent: the connection cannot be made.
 * - frozen-before, frozen-after: the whole process stands still, as in a suspended machine, before the call is sent, or
 *   after it was carried out; `onFreeze` is told, and a `thaw` of the process lets it go on.
 * - crash-before, crash-after: the process dies before the call is sent, or after it was carried out and unanswered.
 * - meanwhile: somebody else does something right before the call arrives.
 */
export type Fault =
  | ({ readonly kind: 'answer' | 'turned' } & Answer)
  | { readonly kind: 'lost' | 'unsent' | 'silent' | 'crash-before' | 'crash-after' }
  | { readonly kind: 'frozen-before' | 'frozen-after'; readonly onFreeze?: () => void }
  | { readonly kind: 'meanwhile'; readonly act: () => Promise<void> };

/** An answer in place of the server's own. */
export interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

interface Rule {
  readonly matches: (call: ApiCall) => boolean;
  readonly fault: Fault;
  left: number;
}

/** The faults that a test has ordered; each is met by the first calls that match it. */
export class Faults {
  #rules: Rule[] = [];

  /** `times`: how many calls meet it; default one. */
  add(matches: (call: ApiCall) => boolean, fault: Fault, times = 1): void {
    this.#rules = [...this.#rules, { matches, fault, left: times }];
  }

  clear(): void {
    this.#rules = [];
  }

  next(call: ApiCall): Fault | null {
    const rule = this.#rules.find((candidate) => candidate.left > 0 && candidate.matches(call));
    if (rule === undefined) return null;
    rule.left -= 1;
    return rule.fault;
  }
}

/** ResourceQuota's refusal, in the words of the real admission plugin. */
export const QUOTA_EXCEEDED: Fault = {
  kind: 'answer',
  code: 403,
  reason: 'Forbidden',
  message: 'pods "x" is forbidden: exceeded quota: one-pod, requested: pods=1, used: pods=1, limited: pods=1',
};

export const SERVER_ERROR: Fault = {
  kind: 'answer',
  code: 500,
  reason: 'InternalError',
  message: 'Internal error occurred: etcdserver: request timed out',
};

export const CONFLICT: Fault = {
  kind: 'answer',
  code: 409,
  reason: 'Conflict',
  message:
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version',
};
