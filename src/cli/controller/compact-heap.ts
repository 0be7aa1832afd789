import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How far the old generation may grow beyond what was alive before it is collected again, in percent. */
const GROWTH_PERCENT = 40;

/**
 * Lets V8 collect garbage in time, for as long as this process lives (decision 18). By itself it takes three to four times
 * what is alive on a machine with much memory, and looks for garbage for the first time when its heap has some hundred MB.
 * After this first collection it knows how little is alive.
 */
export function keepHeapCompact(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--expose-gc');
  // The function is in contexts that are made while the flag is set, and nowhere else.
  runInNewContext('gc()');
  setFlagsFromString('--no-expose-gc');
}
