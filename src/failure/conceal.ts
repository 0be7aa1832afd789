const HIDDEN = '[sensitive]';

/** Parts of a longer value that are worth hiding by themselves: its lines. */
const MIN_LINE = 6;

/**
 * A text without the values that the author marked as sensitive, in the forms in which the platform writes a value: as it
 * is, as a JSON or Go string, as part of a URL, in base64; and line by line, since logs are cut at lines.
 */
export function conceal(text: string, values: readonly string[]): string {
  let result = text;
  for (const value of values) for (const form of formsOf(value)) result = result.replaceAll(form, HIDDEN);
  return result;
}

/** Longest first: a form may hold another. */
function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const raw = [value, ...lines].filter((one) => one.length >= MIN_LINE);
  const forms = raw.flatMap((one) => [
    one,
    JSON.stringify(one).slice(1, -1),
    /\p{Surrogate}/u.test(one) ? one : encodeURIComponent(one),
    Buffer.from(one, 'utf8').toString('base64').replace(/=+$/, ''),
  ]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}
