/** What differs between any two servers, or is left out on purpose, and is therefore not compared. Reviewed; 20 at most. */
export interface Normalised {
  /** Of the last members of a path, e.g. `metadata.uid`. */
  readonly path: RegExp;
  /** Only in the answers of these steps; absent: everywhere. */
  readonly step?: RegExp;
  readonly why: string;
}

export const NORMALISED: readonly Normalised[] = [
  { path: /(^|\.)metadata\.uid$/, why: 'made at random' },
  { path: /(^|\.)details\.uid$/, why: 'made at random' },
  { path: /(^|\.)metadata\.creationTimestamp$/, why: 'when the script ran' },
  { path: /(^|\.)metadata\.deletionTimestamp$/, why: 'when the script ran' },
  { path: /(^|\.)conditions\[\d+\]\.last(Transition|Probe|Update)Time$/, why: 'when the script ran' },
  { path: /(^|\.)metadata\.managedFields(\[|\.|$)/, why: 'server-side apply is not there' },
  {
    path: /^(\[\d+\]\.object\.)?metadata\.resourceVersion$/,
    why: 'numbers of one server; that they move is compared by name',
  },
  { path: /(^|\.)items\[\d+\]\.metadata\.resourceVersion$/, why: 'the same, in lists' },
  { path: /^metadata\.continue$/, why: 'a token that nobody may look into; that there is one is compared' },
  { path: /^columnDefinitions\[\d+\]\.description$/, why: 'the reference is not copied' },
  { path: /^rows\[\d+\]\.object\.metadata\.resourceVersion$/, why: 'the same, in tables' },
  { path: /^serverAddressByClientCIDRs/, why: 'where the server itself is' },
  { path: /^message$/, step: /^a body: |token that is none|a rule that does not compile/, why: "a parser's own words" },
  { path: /^details\.causes\[\d+\]\.message$/, step: /a rule that does not compile/, why: "a parser's own words" },
  { path: /^message$/, step: /another version in the body/, why: "names a line of Go's source" },
  { path: /^message$/, step: /: a strategic patch$/, why: 'lists the form of server-side apply, which is not there' },
  { path: /(^|\.)storageVersionHash$/, why: 'nobody but a storage migrator reads it' },
  {
    path: /(^|\.)status(\.|$)|^rows\[\d+\]\.cells\[[1-3]\]$/,
    step: /^(ResourceQuota|Job): /,
    why: 'controllers write it at their own time',
  },
  { path: /^status(\.|$)/, step: /^a pod (becomes|in a table)/, why: 'Go writes some empty members of a status out' },
  {
    path: /^(message|details\.causes)/,
    step: /^Pod: an update that|^Job: (a bad name|a patch of the uid)|another kind in the body/,
    why: 'the real server quotes Go structs, checks what it made of the name too, and defaults nothing of another kind',
  },
];
