/** What a command of a page should do. */
export interface Expectation {
  /** Texts that it prints, in this order. */
  readonly prints: readonly string[];
  readonly exitCode: number;
}

export interface PageCommand extends Expectation {
  readonly text: string;
  /** In the page, from 1. */
  readonly line: number;
}

/** Where the commands of a block can be followed; see the comment at the top of docs/operations.md. */
export type Place = 'anywhere' | 'kubernetes' | 'postgres' | 'node' | 'nowhere';

export interface PageBlock {
  readonly place: Place;
  /** Why nowhere. */
  readonly reason: string;
  readonly commands: readonly PageCommand[];
}

/** What stands under a heading. */
export interface PageSection {
  readonly title: string;
  readonly blocks: readonly PageBlock[];
}

/** The sections of a page that have commands, in its order. */
export function readPage(markdown: string): readonly PageSection[] {
  const sections: { title: string; blocks: PageBlock[] }[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, title] = /^#{1,3} (.*)$/.exec(line) ?? [];
    if (title !== undefined) sections.push({ title, blocks: [] });
    const [, mark] = /^```(.*)$/.exec(line) ?? [];
    if (mark === undefined) continue;
    const end = lines.indexOf('```', index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: this block has no end`);
    const [language, ...words] = mark.trim().split(' ');
    if (language === 'sh') {
      const commands = readCommands(lines.slice(index + 1, end), index + 2);
      sections.at(-1)?.blocks.push({ ...placeOf(words.join(' '), index + 1), commands });
    }
    index = end;
  }
  return sections.filter(({ blocks }) => blocks.length > 0);
}

function placeOf(mark: string, line: number): Pick<PageBlock, 'place' | 'reason'> {
  if (mark === '') return { place: 'anywhere', reason: '' };
  if (mark === 'kubernetes' || mark === 'postgres' || mark === 'node') return { place: mark, reason: '' };
  const [, reason = ''] = /^no-test (.+)$/.exec(mark) ?? [];
  if (reason === '')
    throw new Error(`line ${line}: "sh ${mark}": write sh, sh kubernetes, postgres, node or no-test REASON`);
  return { place: 'nowhere', reason };
}

/** A command ends with its line, unless that ends with a backslash or begins a here-document. */
function readCommands(lines: readonly string[], first: number): readonly PageCommand[] {
  const commands: PageCommand[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const last = commands.at(-1);
    const [, printed] = /^# → (.*)$/.exec(line) ?? [];
    const [, code] = /^# exits with (\d+)$/.exec(line) ?? [];
    if (last !== undefined && printed !== undefined)
      commands[commands.length - 1] = { ...last, prints: [...last.prints, printed] };
    else if (last !== undefined && code !== undefined)
      commands[commands.length - 1] = { ...last, exitCode: Number(code) };
    else if (line.trim() !== '' && !line.startsWith('#')) {
      const text = [line];
      const [, word] = /<<'?([A-Z]+)'?/.exec(line) ?? [];
      while (index + 1 < lines.length && (word === undefined ? text.at(-1)?.endsWith('\\') : text.at(-1) !== word))
        text.push(lines[(index += 1)] ?? '');
      commands.push({ text: text.join('\n'), line: first + index - text.length + 1, prints: [], exitCode: 0 });
    }
  }
  return commands;
}

/** What is wrong with what a command did; null: it did as the page says. `…` stands for anything within a line. */
export function differs(
  { prints, exitCode }: Expectation,
  did: { readonly code: number; readonly output: string },
): string | null {
  if (did.code !== exitCode) return `it ended with ${did.code}, not ${exitCode}`;
  let rest = did.output.replace(/[ \t]+/g, ' ');
  for (const text of prints) {
    const parts = text
      .trim()
      .split('…')
      .map((part) => part.replace(/[ \t]+/g, ' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const found = new RegExp(parts.join('[^\n]*')).exec(rest);
    if (found === null) return `it did not print "${text}"`;
    rest = rest.slice(found.index + found[0].length);
  }
  return null;
}
