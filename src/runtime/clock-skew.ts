import type { Instant } from '../api/instant.js';

/** Our clock minus the server's lies between the two, in ms. */
export interface SkewBounds {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/** The Date header counts whole seconds: the server's clock shows that second, or up to this much more. */
const DATE_MS = 1_000;

/**
 * What one answer says: its Date was set between the sending of the request and the coming of the answer. Null where it
 * has no Date, or our clock was put back meanwhile.
 */
export function skewBounds(
  date: string | undefined,
  { sentAt, answeredAt }: { readonly sentAt: Instant; readonly answeredAt: Instant },
): SkewBounds | null {
  const server = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(server) || answeredAt < sentAt) return null;
  return { atLeastMs: sentAt - server - DATE_MS, atMostMs: answeredAt - server };
}
