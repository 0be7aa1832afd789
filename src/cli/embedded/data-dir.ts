import { mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
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
    mkdirSync(path, { recursive: true, mode: 0o700 });
    mkdirSync(dataDir.kubelet, { recursive: true, mode: 0o700 });
    mkdirSync(dataDir.cluster, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(
      `the data directory ${path} cannot be made: ${messageOf(error)}; choose another with --data-dir`,
      { cause: error },
    );
  }
  return dataDir;
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
