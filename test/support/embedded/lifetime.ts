import type { Clock } from '../../../src/api/clock.js';
import type { AuditStore } from '../../../src/audit/store.js';

/**
 * The life of a simulated process. Everything that a process does to the world goes through its clock, its transport and
 * its audit store; once those are dead, nothing of it happens any more, at whatever line its code stands: as with kill -9.
 */
export class Lifetime {
  readonly #death = new AbortController();
  readonly #timers = new Set<() => void>();

  get alive(): boolean {
    return !this.#death.signal.aborted;
  }

  /** Aborted at the death: for what others hold on behalf of the process (its connections). */
  get signal(): AbortSignal {
    return this.#death.signal;
  }

  end(): void {
    this.#death.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** What a dead process gets to see: nothing, ever. */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    return this.alive ? result : never();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, fire) => {
        if (!this.alive) return () => undefined;
        const stop = (): void => {
          this.#timers.delete(stop);
          cancel();
        };
        const cancel = clock.after(ms, () => {
          this.#timers.delete(stop);
          fire();
        });
        this.#timers.add(stop);
        return stop;
      },
    };
  }

  store(store: AuditStore): AuditStore {
    const living = <T>(work: () => Promise<T>): Promise<T> => (this.alive ? this.whileAlive(work()) : never());
    return {
      append: (events) => living(() => store.append(events)),
      eventsOf: (uid) => living(() => store.eventsOf(uid)),
      runsNamed: (namespace, name) => living(() => store.runsNamed(namespace, name)),
      lastSeq: (uid) => living(() => store.lastSeq(uid)),
      close: () => Promise.resolve(),
    };
  }
}

export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
