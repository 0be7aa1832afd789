import { loadavg } from 'node:os';
import { openAuditLog } from './audit-log.js';
import { countCalls } from './calls.js';
import { Namespaces, connect } from './connection.js';
import { buildProgram } from './controller.js';
import { amongFinished } from './finished.js';
import { type Lab, burst, floor, oneByOne } from './phases.js';
import { type ComparedFigure, comparisonOf, isMissed } from './report.js';
import { quantile, transitionsOf } from './transitions.js';
import { STEPS } from './workload.js';

interface Size {
  /** Runs, one at a time. */
  readonly single: number;
  /** Runs at once. */
  readonly burst: number;
  /** Runs that are over when a controller starts. */
  readonly finished: number;
  /** Absolute times are shown, and not judged. */
  readonly ratiosOnly: boolean;
}

const WHOLE: Size = { single: 100, burst: 1_000, finished: 10_000, ratiosOnly: false };
/** For CI: counts and ratios hold on any machine. */
const SMOKE: Size = { single: 1, burst: 50, finished: 100, ratiosOnly: true };

/**
 * `npm run bench:cluster [-- --smoke | --only=single | --only=burst | --only=finished]`: the controller on a real API server without
 * nodes, named by KUBECONFIG, whose audit log LOCKSTEP_BENCH_AUDIT_LOG names. Ends with 1 where a figure is missed.
 */
const size = {
  ...(process.argv.includes('--smoke') ? SMOKE : WHOLE),
  ...asked('single'),
  ...asked('burst'),
  ...asked('finished'),
};
const kubeconfig = variable('KUBECONFIG');
const connection = await connect(kubeconfig);
const { client } = connection;
const audit = openAuditLog(variable('LOCKSTEP_BENCH_AUDIT_LOG'), client);
const namespaces = new Namespaces(client);
const lab: Lab = { client, namespaces, audit, kubeconfig, program: buildProgram() };
const figures = await measured().finally(() => namespaces.deleteAll());
connection.close();
const missed = figures.filter(isMissed);
const load = loadavg().map((average) => average.toFixed(1));
process.stdout.write(`${comparisonOf(figures)}\nload of the machine (1, 5, 15 min): ${load.join(', ')}\n`);
process.stdout.write(
  `bench:cluster: ${missed.length === 0 ? 'PASS' : 'FAIL'}, ${figures.length} figures, ${missed.length} missed\n`,
);
process.exitCode = missed.length === 0 ? 0 : 1;

async function measured(): Promise<readonly ComparedFigure[]> {
  return [
    ...(isWanted('single') ? await singleFigures() : []),
    ...(isWanted('burst') ? await burstFigures() : []),
    ...(isWanted('finished') ? await finishedFigures() : []),
  ];
}

function isWanted(name: keyof Size): boolean {
  const only = process.argv.find((argument) => argument.startsWith('--only='));
  return only === undefined || only === `--only=${name}`;
}

/** `--single=N`, `--burst=N`, `--finished=N`: other sizes, for a closer look. */
function asked(name: 'single' | 'burst' | 'finished'): Partial<Size> {
  const count = process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
  return count === undefined ? {} : { [name]: Number(count) };
}

function variable(name: string): string {
  const value = process.env[name] ?? '';
  if (value === '') throw new Error(`set ${name}; docs/benchmarks.md says how`);
  return value;
}

async function singleFigures(): Promise<readonly ComparedFigure[]> {
  const { single: count, ratiosOnly: shownOnly } = size;
  tell(`${count} runs, one at a time`);
  const calls = await oneByOne(lab, count);
  const { writes, events, liveReads, rejected, each } = countCalls(calls);
  const transitions = transitionsOf(calls);
  tell(`calls a run: ${[...each].map(([what, times]) => `${what} ${(times / count).toFixed(2)}`).join(', ')}`);
  return [
    { what: 'writes a run', measured: writes / count, unit: '', wanted: { atMost: 12 }, rivals: 'writes' },
    { what: 'Kubernetes Events a run', measured: events / count, unit: '', wanted: { atMost: 2 }, rivals: 'events' },
    {
      what: 'reads a run, lists and watches apart',
      measured: liveReads / count,
      unit: '',
      wanted: { atMost: 0 },
      rivals: 'reads',
    },
    { what: 'rejected calls a run', measured: rejected / count, unit: '' },
    {
      what: `pod Succeeded to next pod, median of ${transitions.length}`,
      measured: quantile(transitions, 0.5),
      unit: 'ms',
      wanted: { atMost: 15 },
      rivals: 'transitionMedian',
      shownOnly,
    },
    {
      what: 'pod Succeeded to next pod, 99th percentile',
      measured: quantile(transitions, 0.99),
      unit: 'ms',
      wanted: { atMost: 60 },
      rivals: 'transitionSlowest',
      shownOnly,
    },
  ];
}

async function burstFigures(): Promise<readonly ComparedFigure[]> {
  const { burst: count, ratiosOnly: shownOnly } = size;
  // Half of the floor before and half after: what else the machine does meanwhile changes.
  const half = (count * STEPS) / 2;
  tell(`${half} pods without a controller`);
  const before = await floor(lab, half);
  tell(`${count} runs at once`);
  const { calls, perMinute, cpuMsPerRun, peakMiB } = await burst(lab, count);
  tell(`${half} pods without a controller`);
  const after = await floor(lab, half);
  const pods = 2 / (1 / before + 1 / after);
  const { writes, events, liveReads, rejected } = countCalls(calls);
  tell(
    `floor: ${before.toFixed(0)} and ${after.toFixed(0)} pods/min; ${(writes / count).toFixed(2)} writes a run, ${(events / count).toFixed(2)} Events, ${(liveReads / count).toFixed(2)} reads, ${(rejected / count).toFixed(2)} rejected`,
  );
  const transitions = transitionsOf(calls);
  return [
    { what: `floor: pods a minute without a controller`, measured: pods, unit: '', rivals: 'floorPods' },
    { what: `${count} runs at once: a minute`, measured: perMinute, unit: '', rivals: 'perMinute' },
    {
      what: `${count} runs at once: to the floor`,
      measured: (perMinute * STEPS) / pods,
      unit: '',
      wanted: { atLeast: 0.55 },
      rivals: 'toFloor',
    },
    {
      what: 'controller CPU a run',
      measured: cpuMsPerRun,
      unit: 'ms',
      wanted: { atMost: 25 },
      rivals: 'cpu',
      shownOnly,
    },
    {
      what: 'controller peak memory',
      measured: peakMiB,
      unit: 'MiB',
      wanted: { atMost: 200 },
      rivals: 'peak',
      shownOnly,
    },
    {
      what: 'pod Succeeded to next pod in the burst, median',
      measured: quantile(transitions, 0.5),
      unit: 'ms',
      wanted: { atMost: 1_000 },
      rivals: 'burstTransition',
      shownOnly,
    },
  ];
}

async function finishedFigures(): Promise<readonly ComparedFigure[]> {
  const { finished: count, ratiosOnly: shownOnly } = size;
  tell(`a controller among ${count} runs that are over`);
  const { readyMs, peakMiB, cpuMsPerSecond, requests } = await amongFinished(lab, count);
  for (const { verb, uri } of requests) tell(`while nothing changed: ${verb} ${uri}`);
  const among = `among ${count.toLocaleString('en')} runs that are over`;
  return [
    { what: `ready ${among}`, measured: readyMs, unit: 'ms', wanted: { atMost: 5_000 }, shownOnly },
    { what: `peak memory ${among}`, measured: peakMiB, unit: 'MiB', wanted: { atMost: 350 }, shownOnly },
    {
      what: 'CPU a second while nothing changes',
      measured: cpuMsPerSecond,
      unit: 'ms',
      wanted: { atMost: 5 },
      shownOnly,
    },
    { what: 'requests while nothing changes', measured: requests.length, unit: '', wanted: { atMost: 0 } },
  ];
}

function tell(text: string): void {
  process.stderr.write(`bench:cluster: ${text}\n`);
}
