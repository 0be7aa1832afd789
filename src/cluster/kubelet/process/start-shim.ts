import { spawn } from 'node:child_process';
import { CreateContainerFailure } from '../runtime.js';
import type { HostTools } from './host-tools.js';

export interface Command {
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

interface ShimStart {
  /** Path of the shim's script. */
  readonly script: string;
  /** Directory of the instance. */
  readonly dir: string;
  /** The memory group to join, with the file of its oom_kill counter. */
  readonly group: { readonly path: string; readonly counter: string } | null;
  readonly command: Command;
}

/**
 * Starts a shim as a session of its own; resolves when its command runs, or the shim has given up; `onExit` is called
 * when it ends. Throws a CreateContainerFailure (RunContainerError) where the shell itself cannot be started.
 */
export async function startShim(tools: HostTools, start: ShimStart, onExit: () => void): Promise<void> {
  const { command, group } = start;
  const [file = '', ...options] = tools.shell;
  const mounts = [tools.mounts?.unshare ?? '-', tools.mounts?.mount ?? '-'];
  const fixed = [start.script, start.dir, tools.mode, group?.path ?? '-', group?.counter ?? '-', ...mounts];
  const args = [...options, ...fixed, command.cwd, ...command.argv];
  const shim = spawn(file, args, { detached: true, cwd: '/', env: command.env, stdio: ['ignore', 'pipe', 'ignore'] });
  shim.unref();
  shim.once('exit', onExit);
  await new Promise<void>((resolve, reject) => {
    shim.once('error', (error) => {
      reject(new CreateContainerFailure('RunContainerError', error.message, { cause: error }));
    });
    for (const event of ['data', 'close']) {
      shim.stdout.once(event, () => {
        resolve();
      });
    }
  });
  shim.stdout.destroy();
}
