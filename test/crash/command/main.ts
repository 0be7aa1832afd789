import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Defect } from '../defects/defect.js';
import { DEFECTS } from '../defects/index.js';
import type { Failure } from '../enumerate.js';
import { SCENARIOS } from '../scenarios/index.js';
import { bundleWith } from './bundle.js';
import { type Options, USAGE, readOptions } from './options.js';
import { performAll } from './pool.js';
import { replay } from './replay.js';
import { type Row, type Verdict, defectsText, failuresText, rowsText } from './report.js';
import { unitsOf } from './units.js';
import { serveTasks } from './worker.js';

const PROGRAM = fileURLToPath(import.meta.url);

interface Total {
  readonly tried: number;
  readonly failed: number;
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, availableParallelism());
  if (options.worker) {
    serveTasks();
    return 0;
  }
  if (options.scenario !== null && options.point !== null) return replayOne(options.scenario, options.point);
  const defects = options.defects ? DEFECTS.filter(({ name }) => [null, 'all', name].includes(options.defect)) : [];
  if (options.defect !== null && defects.length === 0) throw new Error(`no defect is named ${options.defect}`);
  const total = options.defect === null ? await enumerate(options) : { tried: 0, failed: 0 };
  const survivors = await lookFor(defects, options.workers);
  if (survivors > 0) print(`crash: ${survivors} of ${defects.length} defects were not found`);
  print(`crash: ${total.tried} points tried, ${total.failed} failed`);
  return total.failed > 0 || survivors > 0 ? 1 : 0;
}

async function enumerate({ scenario, all, workers }: Options): Promise<Total> {
  const units = unitsOf({ only: scenario, all });
  const results = await performAll(
    units.map((unit) => ({ program: PROGRAM, task: { kind: 'unit', unit } })),
    workers,
  );
  const rows = new Map<string, Row>();
  const failures: Failure[] = [];
  for (const [index, result] of results.entries()) {
    const name = units[index]?.scenario ?? '';
    const row = rows.get(name) ?? { scenario: name, tried: 0, failed: 0 };
    rows.set(name, row);
    if (result instanceof Error) {
      row.failed += 1;
      failures.push({ scenario: name, point: `all of "${units[index]?.mode ?? ''}"`, why: result.message });
    } else if (result.kind === 'unit') {
      row.tried += result.tried;
      row.failed += result.failures.length;
      failures.push(...result.failures);
    }
  }
  print(rowsText(SCENARIOS.flatMap(({ name }) => rows.get(name) ?? [])));
  if (failures.length > 0) print(`\n${failuresText(failures)}`);
  const total = [...rows.values()];
  return { tried: sum(total.map(({ tried }) => tried)), failed: sum(total.map(({ failed }) => failed)) };
}

/** How many of the defects are not found. */
async function lookFor(defects: readonly Defect[], workers: number): Promise<number> {
  if (defects.length === 0) return 0;
  const outdir = dirname(PROGRAM);
  const programs = await Promise.all(
    defects.map((defect, index) => bundleWith(defect, { outdir, name: `defect-${index + 1}` })),
  );
  const results = await performAll(
    defects.map(({ scenarios }, index) => ({ program: programs[index] ?? '', task: { kind: 'hunt', scenarios } })),
    workers,
  );
  const verdicts = defects.map(({ name }, index): Verdict => {
    const result = results[index];
    if (result instanceof Error) return { defect: name, found: null, tried: 0, note: result.message };
    if (result?.kind !== 'hunt') return { defect: name, found: null, tried: 0, note: 'nobody looked for it' };
    return { defect: name, found: result.found, tried: result.tried, note: '' };
  });
  print(`\n${defectsText(verdicts)}`);
  return verdicts.filter(({ found }) => found === null).length;
}

async function replayOne(scenario: string, point: string): Promise<number> {
  const why = await replay(scenario, point);
  if (why !== null) print(`FAILED ${scenario}: ${point}\n  ${why}`);
  print(`crash: 1 points tried, ${why === null ? 0 : 1} failed`);
  return why === null ? 0 : 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
