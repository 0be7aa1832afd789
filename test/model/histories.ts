import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFECTS } from './defects.js';
import { printScenario } from './print-scenario.js';
import { type Found, INGREDIENTS } from './search.js';
import { buildWorker, runWorker } from './worker-process.js';

// `npm run histories -- [--runs N] [--seed S] [--workers W] [--self-check]`: random histories against the six rules.
// Ends with 1 where a history breaks a rule, or where too few of them had a crash, a retry, an action, a clock jump or
// a leader change. --self-check: puts deliberate defects into the product, each of which must be found.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '4' },
    workers: { type: 'string', default: '2' },
    'self-check': { type: 'boolean', default: false },
  },
});
const RUNS = Number(values.runs);
const SEED = Number(values.seed);
const WORKERS = Number(values.workers);
/** Least share of histories that have each ingredient. */
const LEAST_SHARE = 0.2;
/** Histories within which a defect must be found. */
const SELF_CHECK_RUNS = 400;
/** Real time for one history, generously: a loaded machine, and a share of shrinking. */
const LIMIT_MS_PER_HISTORY = 2_000;
const LEAST_LIMIT_MS = 120_000;

process.exitCode = (await (values['self-check'] ? selfCheck() : check())) ? 0 : 1;

async function check(): Promise<boolean> {
  const begin = performance.now();
  const found = await histories({ defect: null, runs: RUNS, shrinkMs: 60_000 });
  const total = found.reduce((sum, one) => sum + one.histories, 0);
  print(`${'had'.padEnd(16)}histories  share`);
  const shares = INGREDIENTS.map((ingredient) => {
    const had = found.reduce((sum, one) => sum + one.had[ingredient], 0);
    const share = had / Math.max(1, total);
    print(`${ingredient.padEnd(16)}${String(had).padStart(9)}  ${(share * 100).toFixed(1)} %`);
    return share;
  });
  const failures = found.flatMap(({ failure }) => failure ?? []);
  for (const { history, why, seed } of failures) {
    print(`\nseed ${seed}:\n${why.map((line) => `  ${line}`).join('\n')}\n\nas a scenario for test/crash/scenarios:\n`);
    print(printScenario(history, `found by histories, seed ${seed}`));
  }
  // Of a handful of histories the shares say nothing.
  const mixed = total < 100 || shares.every((share) => share >= LEAST_SHARE);
  if (!mixed) print(`a share is below ${LEAST_SHARE * 100} %: these histories do not try what they should`);
  const seconds = Math.round((performance.now() - begin) / 1_000);
  print(`histories: ${total} played, ${failures.length} failed (seed ${SEED}, ${seconds} s)`);
  return failures.length === 0 && total >= RUNS && mixed;
}

async function selfCheck(): Promise<boolean> {
  let missed = 0;
  for (const defect of DEFECTS) {
    const found = await histories({ defect, runs: SELF_CHECK_RUNS, shrinkMs: 0 });
    const failure = found.flatMap((one) => one.failure ?? [])[0];
    if (failure === undefined) missed += 1;
    const how = failure === undefined ? 'MISSED' : `found after ${Math.max(...found.map((one) => one.histories))}`;
    print(
      `${how.padEnd(18)} ${defect.name}${failure === undefined ? '' : `\n${''.padEnd(19)}${failure.why[0] ?? ''}`}`,
    );
  }
  print(`self-check: ${DEFECTS.length} defects, ${missed} missed`);
  return missed === 0;
}

interface Task {
  readonly defect: (typeof DEFECTS)[number] | null;
  readonly runs: number;
  readonly shrinkMs: number;
}

async function histories({ defect, runs, shrinkMs }: Task): Promise<readonly Found[]> {
  const file = await buildWorker(defect);
  const each = Math.ceil(runs / WORKERS);
  const limitMs = shrinkMs + Math.max(LEAST_LIMIT_MS, each * LIMIT_MS_PER_HISTORY);
  const shares = Array.from({ length: WORKERS }, (_, index) => SEED * 1_000 + index);
  try {
    return await Promise.all(shares.map((seed) => runWorker(file, { runs: each, seed, shrinkMs, limitMs })));
  } finally {
    rmSync(dirname(file), { recursive: true, force: true });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
