import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessRuntime } from '../../../../src/cluster/kubelet/index.js';
import type { ContainerLaunch, ContainerRuntime } from '../../../../src/cluster/kubelet/index.js';
import type { ProcessRuntimeOptions } from '../../../../src/cluster/kubelet/index.js';
import type { ExitedState, RuntimeContainer, RuntimeNotice } from '../../../../src/cluster/kubelet/runtime.js';
import { systemClock } from '../../../../src/runtime/system-clock.js';

export const POD_UID = '3f0f7e56-6d1c-4a3a-9d55-0c5f3f0e8a11';
export const WHOLE_LOG = { timestamps: false, since: null, tailLines: null, limitBytes: null };

/** A container `main` of one pod that runs a line of shell. */
export function shell(line: string, more: Partial<ContainerLaunch> = {}): ContainerLaunch {
  return {
    podUid: POD_UID,
    namespace: 'default',
    podName: 'p',
    container: 'main',
    attempt: 0,
    image: 'busybox',
    argv: ['sh', '-c', line],
    env: {},
    workingDir: null,
    memoryLimit: null,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...more,
  };
}

/** Runtimes on one directory of their own, and what they told; everything that runs is killed at the end. */
export class RuntimeFixture {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'lockstep-runtime-'));
  readonly notices: RuntimeNotice[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #made: ContainerRuntime[] = [];

  runtime(options: Partial<ProcessRuntimeOptions> = {}): ContainerRuntime {
    const runtime = createProcessRuntime({ clock: systemClock, dataDir: this.dataDir, ...options });
    runtime.listen({
      changed: () => {
        for (const wake of this.#waiting) wake();
      },
      noticed: (notice) => this.notices.push(notice),
    });
    this.#made.push(runtime);
    return runtime;
  }

  /** The end of the pod's container; waits for it. */
  async end(runtime: ContainerRuntime, container = 'main'): Promise<ExitedState> {
    for (;;) {
      const state = this.latest(runtime, container).state;
      if (state.kind === 'Exited') return state;
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  latest(runtime: ContainerRuntime, container = 'main'): RuntimeContainer {
    const found = runtime.containers(POD_UID).findLast((one) => one.container === container);
    if (found === undefined) throw new Error(`no container ${container}`);
    return found;
  }

  /** Waits until the condition holds, looking every few milliseconds (for files that a process writes). */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        systemClock.after(5, resolve);
      });
    }
  }

  async close(): Promise<void> {
    const last = this.#made.at(-1) ?? this.runtime();
    for (const uid of last.podUids()) await last.removePod(uid);
    for (const runtime of this.#made) await runtime.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
