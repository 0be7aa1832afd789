/**
 * The CRDs' pattern. Digits are bounded, so that an instant that is a few durations away is one that has four digits for
 * its year: the API server takes no other (RFC 3339), and a status that it refuses holds up its run.
 */
const DURATION = /^([0-9]{1,6}h|[0-9]{1,8}m|[0-9]{1,9}s|[0-9]{1,12}ms)+$/;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * Milliseconds of a duration such as `1h30m`, `90s` or `250ms` (the CRDs' pattern), or null where it is none.
 */
export function parseDuration(text: string): number | null {
  if (!DURATION.test(text)) return null;
  let total = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    total += Number(digits) * (UNIT_MS[unit] ?? 0);
  }
  return Number.isSafeInteger(total) ? total : null;
}

/** A duration for people: `1h30m`, `45s`, `250ms`; at most two units, rounded down. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms));
  if (whole < 1_000) return whole === 0 ? '0s' : `${whole}ms`;
  const parts: string[] = [];
  let rest = Math.floor(whole / 1_000);
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join('');
}
