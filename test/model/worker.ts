import { search } from './search.js';

// A process of its own: `worker RUNS SEED SHRINK_MS`; tells what it found to the one that started it.
const [runs = 0, seed = 0, shrinkMs = 0] = process.argv.slice(2).map(Number);
const found = await search({ runs, seed, shrinkMs });
process.send?.(found, () => process.exit(0));
