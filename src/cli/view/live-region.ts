/** Where the region is drawn. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Begins and ends a synchronized update, so that terminals that know it show no half frame. */
const SYNC_BEGIN = '\x1b[?2026h';
const SYNC_END = '\x1b[?2026l';

/** A block of lines at the end of the screen that is drawn over in place. */
export class LiveRegion {
  readonly #screen: Screen;
  #height = 0;
  #last = '';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Draws the lines in the place of the last ones; they must fit the screen's columns. */
  draw(lines: readonly string[]): void {
    const text = lines.join('\n');
    if (text === this.#last) return;
    const up = this.#height > 0 ? `\x1b[${this.#height}A` : '';
    const body = lines.map((line) => `\x1b[2K${line}\n`).join('');
    // What the last frame had below goes.
    this.#screen.write(`${SYNC_BEGIN}${up}\r${body}\x1b[J${SYNC_END}`);
    this.#height = lines.length;
    this.#last = text;
  }

  /** Takes the block from the screen, so that something else can be written in its place. */
  clear(): void {
    if (this.#height > 0) this.#screen.write(`\x1b[${this.#height}A\r\x1b[J`);
    this.leave();
  }

  /** Leaves what is drawn on the screen; the next drawing begins below. */
  leave(): void {
    this.#height = 0;
    this.#last = '';
  }
}
