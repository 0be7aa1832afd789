import { setImmediate } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Clock } from '../api/clock.js';
import { type Instant, formatInstant } from '../api/instant.js';
import type { AuditEvent } from '../api/types.js';
import { RelayedRun } from './relayed-run.js';
import type { AuditStore, StoreResult } from './store.js';

/** Events of one append: enough for the ends of many runs at once, little enough to hold the event loop shortly. */
const BATCH = 200;
/** After an append that was not full, in ms: what is committed meanwhile shares the next one, and its fsync. */
const GATHER_MS = 50;
/** Pauses between tries while the store takes nothing, in ms: doubled from the first to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** Since when the store takes nothing, and what it says. */
export interface Backlog {
  readonly since: Instant;
  readonly message: string;
}

/** What the relay tells the controller; each call is made once for each change, and must not throw. */
export interface RelayListener {
  /** More of a run is stored than before. */
  acked(runUid: string): void;
  /** The store stopped taking events, or (null) takes them again. */
  backlogChanged(backlog: Backlog | null): void;
  /** The store has another event under this one's number: history was rolled back, or somebody wrote it anew. */
  forked(event: AuditEvent): void;
}

export interface RelayOptions {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly listener: RelayListener;
  /** Tries within one delivery, before the pauses begin: for a lock that is held for a moment. */
  readonly retry?: { readonly retries: number; readonly minTimeout: number; readonly maxTimeout: number };
}

/**
 * Carries committed events to the audit store: of each run in order, each until it is stored, none dropped. Only what
 * the API server has taken may be submitted (design review A5). The acknowledgement is an input of decide; nothing is
 * written for its sake. Two relays at once are safe: the store takes each event once.
 */
export class AuditRelay {
  readonly #store: AuditStore;
  readonly #clock: Clock;
  readonly #listener: RelayListener;
  readonly #retry: NonNullable<RelayOptions['retry']>;
  readonly #runs = new Map<string, RelayedRun>();
  #backlog: Backlog | null = null;
  #wake: () => void = () => undefined;

  constructor({ store, clock, listener, retry }: RelayOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#listener = listener;
    this.#retry = retry ?? { retries: 2, minTimeout: 50, maxTimeout: 200 };
  }

  /** Takes what was committed of a run: its whole outbox, as often as it is seen. */
  submit(runUid: string, outbox: readonly AuditEvent[]): void {
    if (outbox.length === 0) return;
    const run = this.#runs.get(runUid) ?? new RelayedRun();
    this.#runs.set(runUid, run);
    run.submit(outbox);
    this.#wake();
  }

  /** Number of the last event of a run that is known to be stored; 0 where none is. */
  ackedOf(runUid: string): number {
    return this.#runs.get(runUid)?.acked ?? 0;
  }

  /** Why the store takes nothing, or null. */
  backlog(): string | null {
    return this.#backlog === null ? null : `${this.#backlog.message} (since ${formatInstant(this.#backlog.since)})`;
  }

  /** Instant of the oldest event that is not stored, or null: the age to raise an alarm on (design review A1). */
  oldestUnstored(): string | null {
    return [...this.#runs.values()].reduce<string | null>((oldest, run) => {
      const first = run.pending[0]?.time ?? null;
      return first !== null && (oldest === null || first < oldest) ? first : oldest;
    }, null);
  }

  /** Forgets a run that owes nothing any more. What is still to be stored of it is stored nevertheless. */
  forget(runUid: string): void {
    const run = this.#runs.get(runUid);
    if (run === undefined) return;
    run.forgotten = true;
    this.#dropIfDone(runUid, run);
  }

  /** Relays until the signal is aborted. Never rejects: what the store says is the backlog. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const batch = this.#nextBatch();
      if (batch.length === 0) {
        await this.#untilSubmitted(signal);
        // What the pass does next is sent first: an append stops the process for the length of an fsync.
        await setImmediate();
      } else if (await this.#deliver(batch, signal)) {
        failures = 0;
        if (batch.length < BATCH) await this.#pause(GATHER_MS, signal);
      } else {
        await this.#pause(Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
        failures += 1;
      }
    }
  }

  /** Stores all that was submitted, without pauses: for the end of a process. False: the store did not take it. */
  async flush(signal: AbortSignal): Promise<boolean> {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      if (signal.aborted || !(await this.#deliver(batch, signal))) return false;
    }
    return true;
  }

  #nextBatch(): readonly AuditEvent[] {
    const batch: AuditEvent[] = [];
    for (const run of this.#runs.values()) {
      batch.push(...run.pending.slice(0, BATCH - batch.length));
      if (batch.length === BATCH) break;
    }
    return batch;
  }

  async #deliver(batch: readonly AuditEvent[], signal: AbortSignal): Promise<boolean> {
    try {
      const results = await pRetry(() => this.#store.append(batch), { ...this.#retry, factor: 2, signal });
      this.#setBacklog(null);
      this.#acknowledge(batch, results);
      return true;
    } catch (error) {
      // At the end of the process it is not the store that failed; what is unstored stays in the status.
      if (!signal.aborted) this.#setBacklog(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #acknowledge(batch: readonly AuditEvent[], results: readonly StoreResult[]): void {
    const before = new Map([...this.#runs].map(([uid, run]) => [uid, run.acked]));
    for (const [index, event] of batch.entries()) {
      this.#runs.get(event.subject.uid)?.stored(event);
      if (results[index] === 'forked') this.#listener.forked(event);
    }
    for (const uid of new Set(batch.map((event) => event.subject.uid))) {
      const run = this.#runs.get(uid);
      if (run === undefined) continue;
      if (run.acked > (before.get(uid) ?? 0)) this.#listener.acked(uid);
      this.#dropIfDone(uid, run);
    }
  }

  #dropIfDone(runUid: string, run: RelayedRun): void {
    if (run.forgotten && run.pending.length === 0) this.#runs.delete(runUid);
  }

  #setBacklog(message: string | null): void {
    if (message === (this.#backlog?.message ?? null)) return;
    this.#backlog = message === null ? null : { since: this.#backlog?.since ?? this.#clock.now(), message };
    this.#listener.backlogChanged(this.#backlog);
  }

  #untilSubmitted(signal: AbortSignal): Promise<void> {
    return this.#until(signal, (done) => {
      this.#wake = done;
      return () => {
        this.#wake = () => undefined;
      };
    });
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#until(signal, (done) => this.#clock.after(ms, done));
  }

  /** Waits for what `begin` waits for, or for the signal; `begin` gives back how to stop waiting. */
  #until(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = begin(done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
  }
}
