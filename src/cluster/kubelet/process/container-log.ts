import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { formatInstant } from '../../../api/instant.js';
import type { Instant } from '../../../api/instant.js';
import type { LogSlice } from '../runtime.js';
import { readOrNull } from './process-identity.js';

/** As the kubelet's containerLogMaxSize: when a log is larger, what was in it becomes the old log. */
const MAX_BYTES = 10 * 1024 * 1024;

interface Mark {
  /** Offset of the first byte that was new at `at`. */
  readonly offset: number;
  readonly at: Instant;
}

function readMarks(path: string): Mark[] {
  const lines = (readOrNull(path) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [offset, at] = line.split(' ').map(Number);
    return offset === undefined || at === undefined ? [] : [{ offset, at }];
  });
}

interface Line {
  readonly text: string;
  readonly at: Instant;
}

/** Lines of a file, with the instant at which each began to be seen. */
function* linesOf(content: string, marks: readonly Mark[], otherwise: Instant): Generator<Line> {
  let offset = 0;
  let next = 0;
  let at = otherwise;
  for (const text of content.split(/(?<=\n)/)) {
    if (text === '') continue;
    for (let mark = marks[next]; mark !== undefined && mark.offset <= offset; mark = marks[next]) {
      at = mark.at;
      next += 1;
    }
    yield { text, at };
    offset += Buffer.byteLength(text);
  }
}

/** Cuts text to at most this many bytes, not within a character. */
function cut(text: string, limit: number | null): string {
  const bytes = Buffer.from(text);
  if (limit === null || bytes.length <= limit) return text;
  return bytes
    .subarray(0, limit)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

/**
 * The log of one instance. The process writes to the file itself, so that it needs no living reader; when lines came is
 * noted by whoever looks (`look`), so timestamps are as fine as the looking, and lines that came while no kubelet was
 * there carry the time of the next look.
 */
export class ContainerLog {
  readonly #path: string;
  readonly #marks: Mark[];
  #seen: number;

  constructor(path: string) {
    this.#path = path;
    this.#marks = readMarks(`${path}.index`);
    this.#seen = this.#size();
    if (this.#marks.length === 0) this.#seen = 0;
  }

  /** Notes that what is new came by now, and turns a log that is too large into the old log. */
  look(now: Instant): void {
    const size = this.#size();
    if (size > this.#seen) {
      this.#marks.push({ offset: this.#seen, at: now });
      this.#append(`${this.#seen} ${now}\n`);
    }
    this.#seen = size;
    if (size > MAX_BYTES) this.#rotate();
  }

  /** The log as it is, cut as asked: since, then the last lines, then the first bytes. */
  read(slice: LogSlice, now: Instant): string {
    return this.begin(slice, now).text;
  }

  /** The same, and where the file ended then: what the process writes meanwhile comes after it. */
  begin(slice: LogSlice, now: Instant): { readonly text: string; readonly end: number } {
    this.look(now);
    const old = readOrNull(`${this.#path}.1`) ?? '';
    const before = readMarks(`${this.#path}.1.index`);
    const current = existsSync(this.#path) ? readFileSync(this.#path) : Buffer.alloc(0);
    const lines = [...linesOf(old, before, now), ...linesOf(current.toString('utf8'), this.#marks, now)];
    const { since, tailLines } = slice;
    const late = since === null ? lines : lines.filter((line) => line.at >= since);
    const last = tailLines === null ? late : late.slice(Math.max(0, late.length - tailLines));
    const text = last.map((line) => (slice.timestamps ? stamp(line) : line.text)).join('');
    return { text: cut(text, slice.limitBytes), end: current.length };
  }

  /** What the file holds from an offset on, and where it ends; from the start where it has become shorter. */
  readFrom(offset: number): { readonly text: string; readonly end: number } {
    const content = readFileSync(this.#path);
    const from = offset > content.length ? 0 : offset;
    return { text: content.subarray(from).toString('utf8'), end: content.length };
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  #append(line: string): void {
    try {
      appendFileSync(`${this.#path}.index`, line);
    } catch {
      // A full disk costs timestamps after a restart, no more.
    }
  }

  /** The process keeps its open file, so the content moves, not the file; a line written meanwhile may be lost. */
  #rotate(): void {
    try {
      copyFileSync(this.#path, `${this.#path}.1`);
    } catch {
      // No room for the old log: it is given up, so that the new one has some.
    }
    truncateSync(this.#path, 0);
    if (existsSync(`${this.#path}.index`)) renameSync(`${this.#path}.index`, `${this.#path}.1.index`);
    this.#marks.length = 0;
    this.#seen = 0;
  }
}

function stamp(line: Line): string {
  return `${formatInstant(line.at)} ${line.text}`;
}
