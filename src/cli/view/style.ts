import { styleText } from 'node:util';

/** How text is shown: with or without colour and symbols. State is always in words too. */
export interface Style {
  readonly color: boolean;
  /** Only ASCII: no ✔ and no arrows. */
  readonly ascii: boolean;
}

export type ColorChoice = 'auto' | 'always' | 'never';

/** The style for a stream, by --color, NO_COLOR (https://no-color.org) and TERM=dumb. */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  choice: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const utf8 = /utf-?8/i.test(env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? 'utf-8');
  const dumb = env['TERM'] === 'dumb' || (env['NO_COLOR'] ?? '') !== '';
  const color = choice === 'always' || (choice === 'auto' && stream.isTTY === true && !dumb);
  return { color, ascii: !utf8 };
}

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong';

const FORMAT = { good: 'green', bad: 'red', warn: 'yellow', quiet: 'gray', strong: 'bold' } as const;

export function tinted(text: string, tone: Tone | null, style: Style): string {
  return tone === null || !style.color || text === '' ? text : styleText(FORMAT[tone], text, { validateStream: false });
}

/** The tone of a state or phase. */
export function toneOf(state: string): Tone | null {
  switch (state) {
    case 'Succeeded':
      return 'good';
    case 'Failed':
      return 'bad';
    case 'BackingOff':
    case 'Stopping':
    case 'Cancelling':
    case 'Cancelled':
    case 'Suspended':
    case 'Blocked':
      return 'warn';
    case 'Waiting':
    case 'Ready':
    case 'Skipped':
    case 'Pending':
      return 'quiet';
    default:
      return null;
  }
}

const SYMBOLS: Readonly<Record<string, readonly [string, string]>> = {
  Succeeded: ['✔', '+'],
  Failed: ['✘', 'x'],
  Cancelled: ['⊘', '/'],
  Skipped: ['–', '-'],
  Running: ['▶', '>'],
  Starting: ['…', '.'],
  Stopping: ['■', '#'],
  BackingOff: ['↻', '@'],
};

/** A symbol beside the word, never instead of it. */
export function symbolOf(state: string, style: Style): string {
  const [symbol, plain] = SYMBOLS[state] ?? ['·', ' '];
  return style.ascii ? plain : symbol;
}
