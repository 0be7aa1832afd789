import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Place } from './place.js';
import { WAIT_MS } from './cluster.js';

/** `lockstep controller` as a process of its own. */
export interface ControllerProcess {
  readonly pid: number;
  /** What it logged so far, JSON lines. */
  readonly log: () => string;
  /** Resolves when it has ended. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended by itself or by somebody's signal. */
  readonly exited: Promise<void>;
  /** Freezes it, or lets it go on. */
  pause(name: 'SIGSTOP' | 'SIGCONT'): void;
}

/** A build of the source as it is now, within the tree so that what is not bundled is found in node_modules. */
export function buildProgram(): string {
  const folder = 'node_modules/.cache/lockstep-e2e';
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, ['scripts/build.mjs', folder]);
  return join(realpathSync(folder), 'cli.js');
}

interface ProcessOptions {
  readonly program: string;
  /** Path of the audit store. */
  readonly audit: string;
  readonly more?: readonly string[];
}

/** Starts a controller for the runs of the place's namespace. */
export function startProcess(place: Place, { program, audit, more = [] }: ProcessOptions): ControllerProcess {
  const { kubeconfig } = place;
  const own = ['--namespaces', place.namespace, '--own-namespace', place.namespace, '--operations-address', 'none'];
  const args = [program, 'controller', '--kubeconfig', kubeconfig, '--audit-store', audit, ...own, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    log: () => text,
    exited,
    signal: (name) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(name);
      return exited;
    },
    pause: (name) => child.kill(name),
  };
}

/** Waits until the log has the text. */
export async function logged(controller: ControllerProcess, text: string): Promise<void> {
  await vi.waitFor(
    () => {
      const log = controller.log();
      if (!log.includes(text)) throw new Error(`"${text}" is not in the log:\n${log}`);
    },
    { timeout: WAIT_MS, interval: 50 },
  );
}
