import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './executable.js';

/** How this machine starts containers. */
export interface HostTools {
  /** The shell that runs the shim, and its arguments before the script's name. */
  readonly shell: readonly string[];
  /** How the shim makes a process group: shell job control, or the setsid command. */
  readonly mode: string;
  /** Commands that put a file at /dev/termination-log for one container; null: its path is only in TERMINATION_LOG. */
  readonly mounts: { readonly unshare: string; readonly mount: string } | null;
}

const SYSTEM_PATH = '/bin:/usr/bin:/sbin:/usr/sbin:/usr/local/bin';
const TERMINATION_LOG = '/dev/termination-log';

function shellOf(): Pick<HostTools, 'shell' | 'mode'> | null {
  // Job control is better: without it a shell starts background commands deaf to SIGINT and SIGQUIT.
  // -p: not even the container's environment (BASH_ENV, functions) may change what the shim does.
  const bash = findExecutable('bash', SYSTEM_PATH);
  if (bash !== null) return { shell: [bash, '-p'], mode: 'jobs' };
  const sh = findExecutable('sh', SYSTEM_PATH);
  const setsid = findExecutable('setsid', SYSTEM_PATH);
  return sh === null || setsid === null ? null : { shell: [sh], mode: setsid };
}

/**
 * A mount point needs a file, and only root may make one in /dev; what is mounted on it is seen by the container alone.
 */
function findMounts(dataDir: string): HostTools['mounts'] {
  const unshare = findExecutable('unshare', SYSTEM_PATH);
  const mount = findExecutable('mount', SYSTEM_PATH);
  if (process.getuid?.() !== 0 || unshare === null || mount === null) return null;
  const probe = join(dataDir, `probe-${process.pid}`);
  try {
    closeSync(openSync(TERMINATION_LOG, 'a', 0o600));
    writeFileSync(probe, '');
    const script = `"$1" --bind "$2" ${TERMINATION_LOG} && echo yes > ${TERMINATION_LOG} && read -r word < "$2" && echo "$word"`;
    const args = ['-m', '--', '/bin/sh', '-c', script, 'sh', mount, probe];
    const answer = execFileSync(unshare, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return answer === 'yes\n' ? { unshare, mount } : null;
  } catch {
    // Not allowed here: commands find the path in TERMINATION_LOG.
    return null;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Finds out how containers can be started here; throws where there is no fitting shell. */
export function findHostTools(dataDir: string): HostTools {
  const shell = shellOf();
  if (shell === null)
    throw new Error('the embedded kubelet needs bash, or sh and setsid (util-linux), to run commands');
  return { ...shell, mounts: findMounts(dataDir) };
}
