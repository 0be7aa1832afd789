/** A quoted name: no spaces, so no sentence. */
const QUOTED = /"[A-Za-z0-9_.:/@-]+"/g;
/** A taint in the scheduler's message, but for those of the node's own condition, which mean something. */
const TAINT = /\{(?!node\.(?:kubernetes\.io|cloudprovider))[^}]*\}/g;

/**
 * A text of the platform without the names in it: what people call their things must not be read as what happened to them
 * (a pod named `quota-timeout`, an image named `not-found`). Names that stand without quotes are given.
 */
export function neutral(text: string, names: readonly string[] = []): string {
  let result = text;
  for (const name of names) if (name.length > 3 && result.includes(name)) result = result.split(name).join('NAME');
  return result.replace(QUOTED, '"NAME"').replace(TAINT, '{TAINT}');
}
