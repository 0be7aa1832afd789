/** Longest text for which a near name is looked for. */
const MAX_LENGTH = 80;

/** `; did you mean X?` where one of the words is near, else nothing. */
export function suggestion(written: string, words: Iterable<string>): string {
  const near = nearest(written, words);
  return near === null ? '' : `; did you mean ${near}?`;
}

/** The word that is nearest to a text, by Levenshtein distance and letter case aside; null where none is near. */
export function nearest(written: string, words: Iterable<string>): string | null {
  if (written.length > MAX_LENGTH) return null;
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    if (word.length > MAX_LENGTH) continue;
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (best === null || distance < best.distance) best = { word, distance };
  }
  return best !== null && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.word : null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
