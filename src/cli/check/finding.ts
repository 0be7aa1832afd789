/** How much a finding matters: `fail` keeps Lockstep from working as it should, `warn` is to be known. */
export type Level = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Finding {
  /** What it is about, in one or two words. */
  readonly about: string;
  readonly level: Level;
  /** What is so, in a sentence. */
  readonly says: string;
  /** More lines of the same, each a thing. */
  readonly details: readonly string[];
  /** What to do; null where nothing is to be done. */
  readonly todo: string | null;
}

export function fine(about: string, says: string): Finding {
  return { about, level: 'ok', says, details: [], todo: null };
}

export function trouble(
  about: string,
  level: 'warn' | 'fail',
  { says, details = [], todo }: { readonly says: string; readonly details?: readonly string[]; readonly todo: string },
): Finding {
  return { about, level, says, details, todo };
}
