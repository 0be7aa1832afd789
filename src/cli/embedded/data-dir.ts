import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../errors.js';

/** Where the embedded cluster keeps everything. */
export interface DataDir {
  readonly path: string;
  /** The API server's journal. */
  readonly cluster: string;
  /** Containers' state, logs and termination messages. */
  readonly kubelet: string;
  readonly audit: string;
  /** 32 bytes, 0600: the key of the attempt proofs. */
  readonly key: string;
  readonly lock: string;
  /** Address and token of the process that has it open. */
  readonly server: string;
  /** The same for kubectl and its like; written by `lockstep up`. */
  readonly kubeconfig: string;
}

/** The default: `$XDG_STATE_HOME/lockstep/default` (https://specifications.freedesktop.org/basedir-spec). */
export function defaultDataDir(env: Readonly<Record<string, string | undefined>>): string {
  const state = env['XDG_STATE_HOME'];
  return join(state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state'), 'lockstep', 'default');
}

/** Makes the directory where it is missing; only its owner may read it. @throws CliError */
export function openDataDir(path: string): DataDir {
  const dataDir = layoutOf(path);
  try {
    for (const folder of [dataDir.kubelet, dataDir.cluster]) makeFolder(resolve(folder));
  } catch (error) {
    throw new CliError(
      `the data directory ${path} cannot be made: ${whyNotMade(error)}; choose another with --data-dir`,
      { cause: error },
    );
  }
  return dataDir;
}

/** One after the other: Node's own `recursive` never returns where a file system answers ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (!existsSync(path)) throw error;
  }
}

function whyNotMade(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'EROFS') return 'the file system takes no new folder there (is it read-only?)';
  if (code === 'EACCES' || code === 'EPERM') return `${userInfo().username} may not make a folder there`;
  return messageOf(error);
}

/** The directory where there is one, else null: to look at something makes nothing. @throws CliError */
export function findDataDir(path: string): DataDir | null {
  const dataDir = layoutOf(path);
  try {
    readdirSync(dataDir.cluster);
    return dataDir;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(
      `the data directory ${path} cannot be read: ${messageOf(error)}; choose another with --data-dir`,
      { cause: error },
    );
  }
}

function layoutOf(path: string): DataDir {
  return {
    path,
    cluster: join(path, 'cluster'),
    kubelet: join(path, 'kubelet'),
    audit: join(path, 'audit.db'),
    key: join(path, 'attempt-proof.key'),
    lock: join(path, 'lock'),
    server: join(path, 'server.json'),
    kubeconfig: join(path, 'kubeconfig'),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
