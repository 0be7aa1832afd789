import type { CancelTimer, Clock } from '../../src/api/clock.js';
import type { Instant } from '../../src/api/instant.js';

/** 2026-03-14T03:11:44Z: whole seconds, so that second-precision times are exact. */
export const VIRTUAL_START: Instant = Date.parse('2026-03-14T03:11:44Z');

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly fire: () => void;
}

// Taken at import, so that fake timers of a test framework cannot stop the settling.
const nextTurn = globalThis.setImmediate;

/** Turns in a row with nothing waiting for the next one: then nothing goes on by itself any more. */
const QUIET_TURNS = 2;
/** What keeps making turns for itself is cut off after so many: it would go on for ever. */
const MOST_TURNS = 64;

/**
 * Lets everything run that waits for no timer: turns of the event loop, each with all microtasks, until nothing has asked
 * for another one. Chains of promises, however long, are over within a turn.
 */
export async function settle(): Promise<void> {
  let quiet = 0;
  for (let turn = 0; turn < MOST_TURNS && quiet < QUIET_TURNS; turn += 1) {
    await new Promise<void>((resolve) => {
      nextTurn(resolve);
    });
    quiet = wantsAnotherTurn() ? 0 : quiet + 1;
  }
}

function wantsAnotherTurn(): boolean {
  return process.getActiveResourcesInfo().includes('Immediate');
}

/**
 * A clock that stands still until the test advances it. Timers fire in the order of their instants, those of the same
 * instant in the order in which they were set; whatever a timer starts has settled before the next timer fires, and a
 * timer that it sets within the span fires too.
 */
export class VirtualClock implements Clock {
  #now: Instant;
  #monotonic = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start: Instant = VIRTUAL_START) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, fire: () => void): CancelTimer {
    // Whole milliseconds, as the clock of a machine has them.
    const timer: Timer = { due: this.#monotonic + Math.max(0, Math.ceil(ms)), order: this.#order, fire };
    this.#order += 1;
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer fires, or null where none waits. */
  get untilNext(): number | null {
    const next = this.#next();
    return next === null ? null : next.due - this.#monotonic;
  }

  /** Moves time forward, firing what is due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(); next !== null && next.due <= end; next = this.#next()) {
      this.#moveTo(next.due);
      this.#timers.delete(next);
      next.fire();
      await settle();
    }
    this.#moveTo(end);
  }

  /** Moves to the next timer and fires it (and no other); false where none waits. */
  async advanceToNext(): Promise<boolean> {
    await settle();
    const next = this.#next();
    if (next === null) return false;
    this.#moveTo(next.due);
    this.#timers.delete(next);
    next.fire();
    await settle();
    return true;
  }

  /** Advances, timer by timer, until the condition holds; fails once `limitMs` have passed or no timer is left. */
  async advanceUntil(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const end = this.#monotonic + limitMs;
    await settle();
    while (!condition()) {
      const next = this.#next();
      if (next === null || next.due > end) {
        const why = next === null ? 'no timer is left' : `the next timer is beyond ${limitMs} ms`;
        throw new Error(`the condition never held: ${why}`);
      }
      await this.advanceToNext();
    }
  }

  /** The wall clock jumps (NTP, a suspended machine); timers and the monotonic clock do not notice. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #moveTo(monotonic: number): void {
    if (monotonic <= this.#monotonic) return;
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (next === null || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
