import type { AuditEvent } from '../api/types.js';

/** Stored events whose hashes are remembered: all that an outbox can still hold (64), and as many again. */
const REMEMBERED = 128;

/** What the relay knows of one run. */
export class RelayedRun {
  forgotten = false;
  #acked = 0;
  #pending: readonly AuditEvent[] = [];
  readonly #storedHashes = new Map<number, string>();

  /** Number of the last event that is stored. */
  get acked(): number {
    return this.#acked;
  }

  /** What is still to be stored, in order. */
  get pending(): readonly AuditEvent[] {
    return this.#pending;
  }

  /**
   * Takes what is not known yet. An event whose number is stored with another hash is not known: it goes to the store,
   * which keeps it as a fork.
   */
  submit(outbox: readonly AuditEvent[]): void {
    this.forgotten = false;
    const fresh = outbox.filter(
      (event) =>
        this.#storedHashes.get(event.seq) !== event.hash && !this.#pending.some(({ hash }) => hash === event.hash),
    );
    if (fresh.length > 0) this.#pending = [...this.#pending, ...fresh].sort((a, b) => a.seq - b.seq);
  }

  stored(event: AuditEvent): void {
    this.#pending = this.#pending.filter(({ hash }) => hash !== event.hash);
    this.#acked = Math.max(this.#acked, event.seq);
    this.#storedHashes.set(event.seq, event.hash);
    this.#storedHashes.delete(event.seq - REMEMBERED);
  }
}
