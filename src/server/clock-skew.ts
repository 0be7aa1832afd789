import type { SkewBounds } from '../runtime/index.js';

/** From here on people are told, in ms: their times of events and ours can no longer be compared (design review C16). */
const FAR_MS = 2_000;
/** Less than this is near again, in ms: a skew about the bound is told once. */
const NEAR_MS = 1_000;

/** How far the clock of this machine is from the API server's. */
export interface ClockSkew {
  /** Best estimate in ms, positive where ours is ahead; null before the first answer with a Date. */
  readonly ms: number | null;
  /** Takes in what one answer says. */
  note(bounds: SkewBounds): void;
}

/**
 * One answer tells the skew within a second and the time that it took; what several say together is narrower. Where they
 * contradict each other a clock was put right, and the last one counts.
 *
 * @param tell called when the skew has surely become 2 s or more, and when it is near again
 */
export function createClockSkew(tell: (skew: { readonly ms: number; readonly far: boolean }) => void): ClockSkew {
  let known: SkewBounds | null = null;
  let far = false;
  const middle = ({ atLeastMs, atMostMs }: SkewBounds): number => Math.round((atLeastMs + atMostMs) / 2);
  return {
    get ms() {
      return known && middle(known);
    },
    note(bounds) {
      known = known === null ? bounds : (common(known, bounds) ?? bounds);
      const ms = middle(known);
      if (far ? Math.abs(ms) >= NEAR_MS : surelyMs(known) < FAR_MS) return;
      far = !far;
      tell({ ms, far });
    },
  };
}

function common(a: SkewBounds, b: SkewBounds): SkewBounds | null {
  const atLeastMs = Math.max(a.atLeastMs, b.atLeastMs);
  const atMostMs = Math.min(a.atMostMs, b.atMostMs);
  return atLeastMs <= atMostMs ? { atLeastMs, atMostMs } : null;
}

/** The smallest size that the skew may have. */
function surelyMs({ atLeastMs, atMostMs }: SkewBounds): number {
  return Math.max(0, atLeastMs, -atMostMs);
}
