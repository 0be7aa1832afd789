/** What differs between any two servers, or is left out on purpose, and is therefore not compared. Reviewed; 20 at most. */
export interface Normalised {
  /** Of the last members of a path, e.g. `metadata.uid`. */
  readonly path: RegExp;
  readonly why: string;
}

export const NORMALISED: readonly Normalised[] = [
  { path: /(^|\.)metadata\.uid$/, why: 'made at random' },
  { path: /(^|\.)details\.uid$/, why: 'made at random' },
  { path: /(^|\.)metadata\.creationTimestamp$/, why: 'when the script ran' },
  { path: /(^|\.)metadata\.deletionTimestamp$/, why: 'when the script ran' },
  { path: /(^|\.)conditions\[\d+\]\.last(Transition|Probe|Update)Time$/, why: 'when the script ran' },
  { path: /(^|\.)metadata\.managedFields(\[|\.|$)/, why: 'server-side apply is not there' },
  { path: /^(object\.)?metadata\.resourceVersion$/, why: 'numbers of one server; that they move is compared by name' },
  { path: /(^|\.)items\[\d+\]\.metadata\.resourceVersion$/, why: 'the same, in lists' },
  { path: /^metadata\.continue$/, why: 'a token that nobody may look into; that there is one is compared' },
  { path: /^columnDefinitions\[\d+\]\.description$/, why: 'the reference is not copied' },
  { path: /^rows\[\d+\]\.object\.metadata\.resourceVersion$/, why: 'the same, in tables' },
];
