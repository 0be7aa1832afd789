import { width } from './table.js';

/** Narrower than this nothing is wrapped: it would be all margin. */
const NARROWEST = 40;

interface Wrapping {
  readonly columns: number;
  /** What begins with it is kept whole, on a line of its own, so that it can be copied. */
  readonly command: string;
}

/** Breaks the lines of a text between words, so that they fit the screen; what is broken goes on under its beginning. */
export function wrapText(text: string, { columns, command }: Wrapping): string {
  if (columns < NARROWEST) return text;
  return text
    .split('\n')
    .flatMap((line) => (width(line) <= columns ? [line] : wrapLine(line, { columns, command })))
    .join('\n');
}

function wrapLine(line: string, { columns, command }: Wrapping): string[] {
  const indent = hangOf(line);
  const at = line.indexOf(`  ${command} `);
  if (at === 0) return [line];
  if (at > 0) return [...wrapWords(line.slice(0, at), { columns, indent }), `${indent}${line.slice(at + 2)}`];
  return wrapWords(line, { columns, indent });
}

/** Where a line goes on: under what follows its title, or its number. */
function hangOf(line: string): string {
  const [titled = ''] = /^(?:\S[^\n]{0,14}?\s{2,}|\s+)?(?:\d+\. )?/.exec(line) ?? [];
  return ' '.repeat(titled.length);
}

function wrapWords(line: string, { columns, indent }: { readonly columns: number; readonly indent: string }): string[] {
  const lines: string[] = [];
  let rest = line;
  while (width(rest) > columns) {
    const space = rest.lastIndexOf(' ', columns);
    // A word that is longer than the line is left to the terminal.
    const at = space > indent.length ? space : rest.indexOf(' ', columns);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at + 1).trimStart();
  }
  return [...lines, rest];
}
