import { clip } from '../../api/clip.js';

/** A phone shows about so much. */
const LINE_MAX = 120;
/** The cause must be readable within this. */
const CAUSE_MAX = 90;
/** What the names leave for the cause at the least. */
const CAUSE_MIN = 40;

export interface LineParts {
  readonly state: string;
  /** Names, the most important first; shortened from the last where they are too long together. */
  readonly subject: string;
  readonly cause: string;
  /** Sentences that are added while they fit, e.g. `Not retried (it had run).` */
  readonly rest: readonly string[];
  /** True: the subject is never shortened (it is what the reader must find again). */
  readonly wholeSubject?: boolean;
}

/** The first line: STATE subject: cause. Then what fits. */
export function firstLine({ state, subject, cause, rest, wholeSubject = false }: LineParts): string {
  const room = CAUSE_MAX - state.length - 3 - Math.min(cause.length + 1, CAUSE_MIN);
  const name = wholeSubject ? subject : shorten(subject, room);
  const head = cause === '' ? `${state} ${name}.` : `${state} ${name}: `;
  let line =
    cause === ''
      ? head
      : `${head}${clip(cause, Math.max(CAUSE_MAX - head.length, 16)).replace(/\.$/, '')}.`.replace(/…\.$/, '…');
  for (const sentence of rest) {
    if (line.length + 1 + sentence.length <= LINE_MAX) line = `${line} ${sentence}`;
  }
  return line.slice(0, LINE_MAX);
}

/** Cut in the middle: beginnings and endings of names tell. */
function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) / 2);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(text.length - tail)}`;
}
