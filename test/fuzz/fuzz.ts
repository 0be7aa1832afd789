import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/api/json.js';
import { arbitrarySpec } from './arbitrary-spec.js';
import { startIntake } from './intake.js';
import { runToEnd } from './run-to-end.js';

// `npm run fuzz -- [--runs N] [--seed S] [--run-seconds T]`: specs, mutated and made up. Each must be accepted, and then
// runs to an end (as many of them as fit into T seconds, in virtual time), or be refused with the path of a field.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '4' },
    'run-seconds': { type: 'string', default: '90' },
  },
});
const RUNS = Number(values.runs);
const SEED = Number(values.seed);
const RUN_SECONDS = Number(values['run-seconds']);
/** CPU of one spec after which it is called a hang, generously. */
const SLOW_MS = 2_000;
/** Heap that may stay in use at the end beyond that after the first half. */
const LEAK_MIB = 48;
const BATCH = 500;

const faults: string[] = [];
const counts = { accepted: 0, 'API server': 0, plan: 0, ran: 0 };

process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const accepted = await takeAll();
  const { half, end } = await runSome(accepted);
  print(`accepted            ${counts.accepted}`);
  print(`refused by schema   ${counts['API server']}`);
  print(`refused by the plan ${counts.plan}`);
  print(`run to their end    ${counts.ran}`);
  print(`heap                ${end.toFixed(0)} MiB after all runs, ${half.toFixed(0)} MiB after half of them`);
  if (end - half > LEAK_MIB) faults.push(`the heap grew by ${(end - half).toFixed(0)} MiB: something leaks`);
  for (const fault of faults.slice(0, 20)) print(`\n${fault}`);
  const enough = counts.accepted > RUNS / 50 && counts.plan > RUNS / 50 && counts['API server'] > RUNS / 50;
  if (!enough) print('too few of one kind: these specs do not try what they should');
  print(`fuzz: ${RUNS} specs, ${faults.length} mishandled (seed ${SEED})`);
  return faults.length === 0 && enough;
}

async function takeAll(): Promise<readonly JsonObject[]> {
  const take = await startIntake();
  const accepted: JsonObject[] = [];
  for (let from = 0; from < RUNS; from += BATCH) {
    for (const spec of fc.sample(arbitrarySpec, { numRuns: Math.min(BATCH, RUNS - from), seed: SEED * 1_000 + from })) {
      const taken = await guarded(spec, () => take(spec));
      if (taken === null) continue;
      if (taken.is === 'mishandled') faults.push(`${taken.why}\n${shown(spec)}`);
      if (taken.is === 'refused') counts[taken.by] += 1;
      if (taken.is !== 'accepted') continue;
      counts.accepted += 1;
      accepted.push(taken.spec);
    }
  }
  return accepted;
}

/** Runs a sample, spread over all that were accepted; gives back the heap in use, in MiB. */
async function runSome(accepted: readonly JsonObject[]): Promise<{ readonly half: number; readonly end: number }> {
  const begin = performance.now();
  let half: number | null = null;
  const stride = 7_919;
  for (let index = 0; index < accepted.length; index += 1) {
    const spent = (performance.now() - begin) / 1_000;
    if (spent > RUN_SECONDS) break;
    if (half === null && spent > RUN_SECONDS / 2) half = usedMiB();
    const spec = accepted[(index * stride) % accepted.length];
    if (spec === undefined) continue;
    const fault = await guarded(spec, () => runToEnd(spec), SLOW_MS * 5);
    counts.ran += 1;
    if (fault !== null) faults.push(`it was accepted, and ${fault}\n${shown(spec)}`);
  }
  const end = usedMiB();
  return { half: half ?? end, end };
}

/** Null where it threw, which is a fault; one that takes too long is one too. */
async function guarded<T>(spec: Json, work: () => Promise<T>, slowMs = SLOW_MS): Promise<T | null> {
  const before = process.cpuUsage();
  try {
    return await work();
  } catch (error) {
    faults.push(
      `it throws: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 800) : String(error)}\n${shown(spec)}`,
    );
    return null;
  } finally {
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1_000;
    if (ms > slowMs) faults.push(`it takes ${Math.round(ms)} ms\n${shown(spec)}`);
  }
}

function usedMiB(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (isCollector(collect)) collect();
  return process.memoryUsage().heapUsed / 1_048_576;
}

function isCollector(value: unknown): value is () => void {
  return typeof value === 'function';
}

function shown(spec: Json): string {
  return JSON.stringify(spec).slice(0, 2_000);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
