import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './connection.js';

/** `lockstep controller` as a process of its own, seen from outside. */
export interface MeasuredController {
  /** CPU so far, user and system, in ms. */
  cpuMs(): number;
  /** Greatest resident size so far, in MiB. */
  peakMiB(): number;
  /** Ends it in order. @throws Error where it does not end well */
  stop(): Promise<void>;
}

/** Linux' USER_HZ, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Builds the source as it is now, apart from dist/, within the tree so that what is not bundled is found. */
export function buildProgram(): string {
  const folder = 'node_modules/.cache/lockstep-bench';
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, ['scripts/build.mjs', folder]);
  return join(realpathSync(folder), 'cli.js');
}

export interface ControllerPlace {
  readonly program: string;
  readonly kubeconfig: string;
  readonly namespace: string;
}

/**
 * Starts a controller for the runs of a namespace, with an audit store of its own; resolves when it is ready.
 * LOCKSTEP_BENCH_NODE_OPTIONS: further options of Node for it, as `--cpu-prof --cpu-prof-dir=DIR`;
 * LOCKSTEP_BENCH_OPTIONS: of the controller, as `--workers 16`.
 */
export async function startController({
  program,
  kubeconfig,
  namespace,
}: ControllerPlace): Promise<MeasuredController> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const port = 20_000 + (process.pid % 10_000);
  const log = openSync(join(folder, 'log'), 'w');
  const own = ['--namespaces', namespace, '--own-namespace', namespace, '--operations-address', `127.0.0.1:${port}`];
  const args = [program, 'controller', '--kubeconfig', kubeconfig, '--audit-store', join(folder, 'audit.db'), ...own];
  const nodeOptions = wordsOf('LOCKSTEP_BENCH_NODE_OPTIONS');
  const command = [...nodeOptions, ...args, ...wordsOf('LOCKSTEP_BENCH_OPTIONS')];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  const logged = (): string => readFileSync(join(folder, 'log'), 'utf8').slice(-2_000);
  await until('the controller to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`the controller ended with ${child.exitCode}:\n${logged()}`);
    return fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false, // it does not listen yet
    );
  });
  const proc = (file: string): string => readFileSync(`/proc/${child.pid ?? 0}/${file}`, 'utf8');
  return {
    cpuMs() {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      // proc(5): utime and stime are fields 14 and 15; state, the first after the name, is field 3.
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
    },
    peakMiB: () => Number(/VmHWM:\s+(\d+) kB/.exec(proc('status'))?.[1]) / 1_024,
    async stop() {
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0) throw new Error(`the controller ended with ${code}:\n${logged()}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function wordsOf(variable: string): readonly string[] {
  return (process.env[variable] ?? '').split(' ').filter((word) => word !== '');
}
