import { readFileSync } from 'node:fs';
import { judge, NO_CONTEXT, type Evidence } from '../src/failure/index.js';

// Verdicts a second on one core: a node loss fails hundreds of attempts at once, and all are judged by one process.
// npx esbuild bench/verdicts.ts --bundle --platform=node --format=esm --outfile=dist/bench-verdicts.mjs && node dist/bench-verdicts.mjs
// Typical evidence: a pod with a few events, what the executor gathers (test/fixtures/corpus holds real ones).
const TYPICAL = [
  '004-invoice-merge',
  '086-tiles-rollup',
  '092-orders-route',
  '161-archive-publish',
  '258-catalog-sync',
];
const WANTED_PER_SECOND = 20_000;
const ROUNDS_MS = 2_000;

const inputs = TYPICAL.map((name) => {
  const text = readFileSync(new URL(`../test/fixtures/corpus/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly input: Evidence }).input;
});

function measure(evidence: readonly Evidence[], ms: number): number {
  let count = 0;
  const begin = cpuMs();
  while (cpuMs() - begin < ms) {
    for (let round = 0; round < 20; round += 1) for (const one of evidence) judge(one, NO_CONTEXT);
    count += evidence.length * 20;
  }
  return (count * 1_000) / (cpuMs() - begin);
}

/** Time of the processor, not of the clock: what else the machine does is not measured. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

measure(inputs, ROUNDS_MS / 4);
const each = inputs.map((one) => measure([one], ROUNDS_MS / 4));
const all = measure(inputs, ROUNDS_MS);
process.stdout.write(
  `${JSON.stringify({ verdictsPerSecond: Math.round(all), each: Object.fromEntries(TYPICAL.map((name, index) => [name, Math.round(each[index] ?? 0)])) })}\n`,
);
process.exitCode = all < WANTED_PER_SECOND ? 1 : 0;
