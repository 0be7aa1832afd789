/**
 * Text of at most `max` UTF-16 units (never more code points, which is what the API server counts), with `…` where it
 * was cut. Lone surrogates become U+FFFD, as the API server would make them: hashes must not change on the way.
 * Idempotent.
 */
export function clip(text: string, max: number): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (whole.length <= max) return whole;
  const cut = whole.slice(0, max - 1);
  return `${cut.replace(/\p{Surrogate}$/u, '')}…`;
}
