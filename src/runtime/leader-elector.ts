import type { Clock } from '../api/clock.js';
import { AbortedError, delay, onAbort, startDeadline } from './abort.js';
import { ApiError } from './api-error.js';
import type { Client } from './client.js';
import { LeaseLock, type LeaseName, type LeaseRecord, microTime } from './lease-lock.js';

export interface LeaderElectorOptions {
  /** A client of its own: renewals never wait for other calls (rule W5). */
  readonly client: Pick<Client, 'find' | 'create' | 'replace'>;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly lease: LeaseName;
  /** Names this process among all candidates, now and after its restart. */
  readonly identity: string;
  readonly timings?: Partial<LeaseTimings>;
  /** Somebody leads whom we had not seen lead; empty: nobody does any more. */
  readonly onNewLeader?: (identity: string) => void;
  /** The lease could not be read or written; it is tried again. */
  readonly onProblem?: (error: unknown) => void;
}

/** In milliseconds. */
export interface LeaseTimings {
  /** Others leave the lease alone for so long after they saw it change. */
  readonly leaseMs: number;
  /** A leader that could not renew for so long gives up; less than leaseMs. */
  readonly renewWithinMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

/** Rule N1: a busy event loop may miss several renewals without losing the lease. */
export const LEASE_TIMINGS: LeaseTimings = { leaseMs: 30_000, renewWithinMs: 20_000, retryMs: 4_000 };
/** Candidates come back after 1 to 2.2 retry periods (client-go's JitterFactor). */
const JITTER_FACTOR = 1.2;

/** This process led and leads no longer: it has to end, another one works now. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

interface Observed {
  readonly record: LeaseRecord;
  /** When we saw it change, or sent it: by our own clocks, never by the times that it carries. */
  readonly monotonic: number;
  readonly wall: number;
}

/**
 * Leader election by a Lease, as client-go does it: only durations that were measured here count, so clocks that differ
 * between machines do no harm. It promises no more than that two leaders are rare; what they write is fenced by
 * preconditions (rule C8).
 */
export class LeaderElector {
  readonly identity: string;
  readonly #options: LeaderElectorOptions;
  readonly #timings: LeaseTimings;
  readonly #lock: LeaseLock;
  readonly #waiting = new Set<() => void>();
  #observed: Observed | null = null;
  #reported: string | null = null;
  #leading = false;
  /** True once a write has been sent that makes the lease ours, whether or not it was answered. */
  #mayHold = false;

  /** @throws Error where the options make no sense */
  constructor(options: LeaderElectorOptions) {
    this.#timings = { ...LEASE_TIMINGS, ...options.timings };
    const { leaseMs, renewWithinMs, retryMs } = this.#timings;
    if (options.identity === '') throw new Error('leader election needs an identity that is not empty');
    if (leaseMs <= renewWithinMs) throw new Error('a lease must last longer than the time to renew it');
    if (renewWithinMs <= JITTER_FACTOR * retryMs)
      throw new Error(`the time to renew must be more than ${JITTER_FACTOR} times the retry period`);
    if (retryMs <= 0 || leaseMs % 1_000 !== 0)
      throw new Error('the retry period must be positive, and a lease must last whole seconds');
    this.identity = options.identity;
    this.#options = options;
    this.#lock = new LeaseLock(options.client, options.lease);
  }

  /** The last leader that was seen; null: none yet, or nobody. */
  leader(): string | null {
    const holder = this.#observed?.record.holder ?? '';
    return holder === '' ? null : holder;
  }

  /** True while the last renewal is so recent, by both clocks, that nobody else can have taken the lease. */
  isLeading(): boolean {
    return this.#leading && this.#isOurs() && this.#sinceRenewal() < this.#timings.renewWithinMs;
  }

  /** Null: fine. Else: we should have given up long ago, so this process is stuck (client-go's HealthzAdaptor). */
  check(toleratedMs: number): string | null {
    if (!this.#leading || this.#sinceRenewal() <= this.#timings.leaseMs + toleratedMs) return null;
    return `the lease of the leader was renewed ${Math.round(this.#sinceRenewal() / 1_000)} s ago and not given up`;
  }

  /** Resolves once this process leads. Rejects with an AbortedError. */
  elected(signal: AbortSignal): Promise<void> {
    if (this.#leading) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        stopListening();
        resolve();
      };
      this.#waiting.add(done);
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(done);
        reject(new AbortedError('waiting for the lease of the leader'));
      });
    });
  }

  /**
   * Takes the lease as soon as it is free, and renews it until the signal is aborted; then gives it back. Abort it only
   * when nothing is done any more in the name of the leader.
   *
   * @throws LeadershipLostError where it could not be renewed in time, or somebody else has it
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#acquire(signal);
      this.#leading = true;
      for (const done of this.#waiting) done();
      this.#waiting.clear();
      await this.#renew(signal);
    } catch (error) {
      if (!(error instanceof AbortedError && signal.aborted)) throw error;
    } finally {
      this.#leading = false;
      if (this.#mayHold && signal.aborted) await this.#release();
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    while (!(await this.#bounded(signal))) {
      await delay(clock, this.#timings.retryMs * (1 + random() * JITTER_FACTOR), signal);
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const { renewWithinMs, retryMs } = this.#timings;
    for (;;) {
      await delay(clock, retryMs, signal);
      if (await this.#bounded(signal)) continue;
      if (!this.#isOurs())
        throw new LeadershipLostError(`${this.leader() ?? 'nobody'} has the lease of the leader now`);
      if (this.#sinceRenewal() + retryMs > renewWithinMs)
        throw new LeadershipLostError(`the lease of the leader could not be renewed within ${renewWithinMs / 1_000} s`);
    }
  }

  /** One try, which an API server that does not answer holds up no longer than half the time to renew. */
  async #bounded(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const { renewWithinMs } = this.#timings;
    const left = this.#leading ? renewWithinMs - this.#sinceRenewal() : renewWithinMs;
    const deadline = startDeadline(clock, Math.max(0, Math.min(renewWithinMs / 2, left)), signal);
    try {
      return await this.#tryAcquireOrRenew(deadline.signal);
    } catch (error) {
      if (signal.aborted) throw new AbortedError('renewing the lease of the leader', { cause: error });
      this.#options.onProblem?.(error);
      return false;
    } finally {
      deadline.close();
      this.#reportTransition();
    }
  }

  /** client-go's tryAcquireOrRenew; what it logs is thrown here. */
  async #tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const observed = this.#observed?.record;
    // The leader's fast path: it writes what it believes to be the current version.
    if (observed !== undefined && this.#isOurs() && this.#sinceRenewal() < observed.durationSeconds * 1_000) {
      try {
        await this.#write(observed, signal);
        return true;
      } catch (error) {
        // Somebody wrote in between, or our own last write was done without an answer: look.
        if (!(error instanceof ApiError)) throw error;
      }
    }
    const record = await this.#lock.read(signal);
    if (record === null) {
      await this.#create(signal);
      return true;
    }
    this.#observe(record);
    if (record.holder !== '' && !this.#isOurs() && !this.#hasExpired()) return false;
    await this.#write(record, signal);
    return true;
  }

  async #create(signal: AbortSignal): Promise<void> {
    const sent = this.#stamp({ ...this.#ownRecord(), transitions: 0 });
    this.#mayHold = true;
    await this.#lock.create(sent.record, signal);
    this.#observed = sent;
  }

  /** Renews ours, or takes another's. */
  async #write(old: LeaseRecord, signal: AbortSignal): Promise<void> {
    const isOurs = old.holder === this.identity;
    const own = this.#ownRecord();
    const sent = this.#stamp({
      ...own,
      acquireTime: isOurs ? old.acquireTime : own.acquireTime,
      transitions: isOurs ? old.transitions : old.transitions + 1,
    });
    this.#mayHold = true;
    await this.#lock.update(sent.record, signal);
    this.#observed = sent;
  }

  /** Gives the lease back, so that the next one need not wait until it expires. It expires in any case. */
  async #release(): Promise<void> {
    const deadline = startDeadline(this.#options.clock, this.#timings.renewWithinMs);
    try {
      // A conflict is our own last renewal, whose answer we did not wait for.
      for (let done = false; !done;) done = await this.#tryRelease(deadline.signal);
    } catch (error) {
      this.#options.onProblem?.(error);
    } finally {
      deadline.close();
    }
    this.#reportTransition();
  }

  async #tryRelease(signal: AbortSignal): Promise<boolean> {
    const record = await this.#lock.read(signal);
    if (record?.holder !== this.identity) return true;
    const now = microTime(this.#options.clock.now());
    const released = this.#stamp({ ...record, holder: '', durationSeconds: 1, acquireTime: now, renewTime: now });
    try {
      await this.#lock.update(released.record, signal);
    } catch (error) {
      if (error instanceof ApiError && error.code === 409) return false;
      throw error;
    }
    this.#observed = released;
    return true;
  }

  #ownRecord(): LeaseRecord {
    const now = microTime(this.#options.clock.now());
    return {
      holder: this.identity,
      durationSeconds: this.#timings.leaseMs / 1_000,
      acquireTime: now,
      renewTime: now,
      transitions: 0,
    };
  }

  #stamp(record: LeaseRecord): Observed {
    const { clock } = this.#options;
    return { record, monotonic: clock.monotonic(), wall: clock.now() };
  }

  /**
   * A record that has not changed keeps the time at which we saw it first; so does our own of an earlier write whose
   * answer was lost: others may have seen it long ago.
   */
  #observe(record: LeaseRecord): void {
    if (this.#observed !== null && isSame(this.#observed.record, record)) return;
    const isOurOwn = this.#isOurs() && record.holder === this.identity;
    this.#observed = this.#observed !== null && isOurOwn ? { ...this.#observed, record } : this.#stamp(record);
  }

  #isOurs(): boolean {
    return this.#observed?.record.holder === this.identity;
  }

  /** A machine that slept has a monotonic clock that stood still, a wall clock may be set: the later one counts. */
  #sinceRenewal(): number {
    if (this.#observed === null) return Infinity;
    const { clock } = this.#options;
    return Math.max(clock.monotonic() - this.#observed.monotonic, clock.now() - this.#observed.wall);
  }

  /** Another's lease: by the monotonic clock alone, which nobody can set. */
  #hasExpired(): boolean {
    if (this.#observed === null) return false;
    const { record, monotonic } = this.#observed;
    return this.#options.clock.monotonic() - monotonic >= record.durationSeconds * 1_000;
  }

  #reportTransition(): void {
    if (this.#observed === null || this.#observed.record.holder === this.#reported) return;
    this.#reported = this.#observed.record.holder;
    this.#options.onNewLeader?.(this.#reported);
  }
}

function isSame(a: LeaseRecord, b: LeaseRecord): boolean {
  return (
    a.holder === b.holder &&
    a.durationSeconds === b.durationSeconds &&
    a.acquireTime === b.acquireTime &&
    a.renewTime === b.renewTime &&
    a.transitions === b.transitions
  );
}
