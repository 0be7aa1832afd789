/**
 * Text of at most `max` UTF-16 units (never more code points, which is what the API server counts), with `…` where it
 * was cut. Lone surrogates become U+FFFD, as the API server would make them: hashes must not change on the way.
 * Idempotent.
 */
export function clip(text: string, max: number): string {
  const whole = wellFormed(text);
  if (whole.length <= max) return whole;
  return `${whole.slice(0, max - 1).replace(/\p{Surrogate}$/u, '')}…`;
}

/** As clip, but the end is kept: for the tail of a log. */
export function clipStart(text: string, max: number): string {
  const whole = wellFormed(text);
  if (whole.length <= max) return whole;
  return `…${whole.slice(1 - max).replace(/^\p{Surrogate}/u, '')}`;
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
