import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../api/types.js';
import { type LedgerLine, nextLine } from './ledger.js';
import type { LedgerPart, LedgerStore, StoreResult } from './store.js';

/** A store that forgets everything with the process: for tests, and for runs that nobody wants to keep. */
export class MemoryAuditStore implements LedgerStore {
  readonly id = randomUUID();
  readonly #events = new Map<string, Map<number, AuditEvent>>();
  readonly #forks: AuditEvent[] = [];
  readonly #ledger: LedgerLine[] = [];

  append(events: readonly AuditEvent[]): Promise<readonly StoreResult[]> {
    return Promise.resolve(events.map((event) => this.#add(event)));
  }

  eventsOf(runUid: string): Promise<readonly AuditEvent[]> {
    const events = this.#events.get(runUid)?.values() ?? [];
    return Promise.resolve([...events].sort((a, b) => a.seq - b.seq));
  }

  runsNamed(namespace: string, name: string): Promise<readonly string[]> {
    const runs = [...this.#events].flatMap(([uid, events]) => {
      const of = [...events.values()].filter(({ subject }) => subject.namespace === namespace && subject.name === name);
      return of.length === 0 ? [] : [{ uid, last: of.reduce((last, { time }) => (time > last ? time : last), '') }];
    });
    return Promise.resolve(runs.sort((a, b) => (a.last < b.last ? 1 : -1)).map(({ uid }) => uid));
  }

  lastSeq(runUid: string): Promise<number> {
    return Promise.resolve(Math.max(0, ...(this.#events.get(runUid)?.keys() ?? [])));
  }

  forks(): Promise<readonly AuditEvent[]> {
    return Promise.resolve([...this.#forks]);
  }

  ledger({ after, limit }: LedgerPart = { after: 0, limit: Infinity }): Promise<readonly LedgerLine[]> {
    return Promise.resolve(this.#ledger.slice(after, after + limit));
  }

  runs({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<readonly string[]> {
    const uids = [...this.#events.keys()].sort();
    return Promise.resolve(uids.filter((uid) => after === null || uid > after).slice(0, limit));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #add(event: AuditEvent): StoreResult {
    const { uid } = event.subject;
    const run = this.#events.get(uid) ?? new Map<number, AuditEvent>();
    this.#events.set(uid, run);
    const known = run.get(event.seq);
    if (known === undefined) {
      run.set(event.seq, event);
      this.#ledger.push(nextLine(this.id, this.#ledger.at(-1) ?? null, { uid, seq: event.seq, hash: event.hash }));
      return 'stored';
    }
    if (known.hash === event.hash) return 'known';
    if (!this.#forks.some((fork) => fork.id === event.id && fork.hash === event.hash)) this.#forks.push(event);
    return 'forked';
  }
}
