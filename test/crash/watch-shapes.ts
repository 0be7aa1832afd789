import type { Clock } from '../../src/api/clock.js';
import type { ApiCall } from '../support/embedded/api-call.js';
import type { WatchShape } from '../support/embedded/recording-transport.js';

/** What a watch ends with whose version the server has forgotten: its reader lists anew. */
const EXPIRED = `${JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old resource version',
  },
})}\n`;

/** Every event of the watches that `slow` chooses comes so much later than the server sent it. */
export function delayedBy(clock: Clock, ms: number, slow: (call: ApiCall) => boolean = () => true): WatchShape {
  return (call, pieces) => {
    if (!slow(call)) return pieces;
    const pipe = new Pipe();
    void forward(pieces, pipe, (piece) => {
      clock.after(ms, () => {
        pipe.push(piece);
      });
    });
    return pipe;
  };
}

interface Deafness {
  readonly resource: string;
  /** Events that still come. */
  readonly after: number;
  /** How long nothing comes then, until the server says that the version is too old. */
  readonly ms: number;
}

/** The first watch of a resource loses what comes after some events; then the resource is listed anew. */
export function deafUntilRelist(clock: Clock, { resource, after, ms }: Deafness): WatchShape {
  let met = false;
  return (call, pieces) => {
    if (met || call.resource !== resource) return pieces;
    met = true;
    const pipe = new Pipe();
    let passed = 0;
    void forward(pieces, pipe, (piece) => {
      passed += 1;
      if (passed <= after) pipe.push(piece);
      if (passed === after + 1) {
        clock.after(ms, () => {
          pipe.push(EXPIRED);
          pipe.end();
        });
      }
    });
    return pipe;
  };
}

async function forward(pieces: AsyncIterable<string>, pipe: Pipe, take: (piece: string) => void): Promise<void> {
  try {
    for await (const piece of pieces) take(piece);
    pipe.end();
  } catch {
    // The reader has gone away, which is how a watch ends.
    pipe.end();
  }
}

/** What is pushed comes out, in that order, to one reader. */
class Pipe implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  push(piece: string): void {
    if (!this.#ended) this.#waiting.push(piece);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) yield piece;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
