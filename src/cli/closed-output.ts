import { EXIT } from './exit-codes.js';
import type { Io } from './io.js';

/** A reader that has seen enough (`| head`) is no fault: whoever only shows something ends with it. */
export function endWithReader(stdout: NodeJS.WriteStream): void {
  stdout.on('error', end);
}

/** Whoever works goes on to the end, and nobody is shown the rest: a run may not be left because of `| head`. */
export function outliveReader({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>): void {
  stdout.off('error', end);
  for (const stream of [stdout, stderr]) stream.on('error', goOn);
}

function end(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
}

function goOn(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
