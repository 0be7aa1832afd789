import { stripVTControlCharacters } from 'node:util';

/** Rows under a header, columns two spaces apart; the last column is not padded. An absent cell is `-`. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? '-'))));
  return all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Pads to a width on the screen: colour codes take no place. */
export function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - width(text)));
}

export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** At most `columns` characters on the screen, with `…` where it was cut. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let out = '';
  let used = 0;
  // Colour codes are kept whole, so that what was begun is ended.
  for (const [piece] of text.matchAll(/\x1b\[[0-9;]*m|[\s\S]/gu)) {
    if (piece.startsWith('\x1b[')) out += piece;
    else if (used < columns - 1) {
      out += piece;
      used += 1;
    }
  }
  return `${out}…`;
}
