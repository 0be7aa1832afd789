/** What went wrong beside the run, told to the person once each, wherever lines can be written just then. */
export class Notices {
  readonly #told = new Set<string>();
  #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** From now on lines are written there: a live view has a place of its own for them. */
  sayWith(say: (line: string) => void): void {
    this.#say = say;
  }

  /** A destination for the log: what a person must know of it is told, the rest is for --verbose. */
  write(entry: string): void {
    const text = noticeIn(entry);
    if (text === null || this.#told.has(text)) return;
    this.#told.add(text);
    this.#say(`lockstep: ${text}`);
  }
}

/** Errors (pino's level 50 and above), and whatever has no room to be written. */
function noticeIn(entry: string): string | null {
  const parsed: unknown = JSON.parse(entry);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const cause = 'err' in parsed ? messageIn(parsed.err) : null;
  if (cause?.includes('ENOSPC') === true) return `${cause}; make room: it is tried again`;
  const severe = 'level' in parsed && typeof parsed.level === 'number' && parsed.level >= 50;
  return severe && 'msg' in parsed && typeof parsed.msg === 'string' ? parsed.msg : null;
}

function messageIn(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message.replace(/^Internal error occurred: /, '') : null;
}
