import type { CancelTimer, Clock } from '../api/clock.js';

/** Node's setTimeout fires at once for anything longer (its delay is a signed 32-bit number). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The real clock. Its timers keep the process alive, as long as they are not cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fire) => afterPieces(ms, fire),
};

function afterPieces(ms: number, fire: () => void): CancelTimer {
  let rest = Math.max(0, ms);
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const piece = Math.min(rest, LONGEST_TIMEOUT_MS);
    rest -= piece;
    timer = setTimeout(rest > 0 ? arm : fire, piece);
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}
