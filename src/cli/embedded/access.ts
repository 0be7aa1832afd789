import { readFileSync } from 'node:fs';
import type { Clock } from '../../api/clock.js';
import type { ApiTransport } from '../../api/http.js';
import { createLogsAtRest } from '../../cluster/kubelet/index.js';
import { createHttpTransport, delay, fixedCredentials } from '../../runtime/index.js';
import { CliError } from '../errors.js';
import type { DataDir } from './data-dir.js';
import { isHeld, type Lock, lockHolder, takeLock } from './lock.js';
import { installKinds, openServer } from './start-cluster.js';

/** The embedded API server of a data directory, wherever it runs. */
export interface Access {
  readonly transport: ApiTransport;
  /** True: another process runs it and works on its runs. False: nothing moves. */
  running(): boolean;
  close(): Promise<void>;
}

/** How long another process may take to start or to end, and how often it is looked for, in ms. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/**
 * Reaches the cluster of a data directory: over HTTP where a process runs it, else by opening it in this process for as
 * long as a verb takes. While a process is just starting or ending, it waits.
 *
 * @throws CliError where somebody holds the directory and does not answer
 */
export async function reach(dataDir: DataDir, clock: Clock): Promise<Access> {
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const holder = lockHolder(dataDir.lock);
    const address = readAddress(dataDir);
    if (holder !== null && address?.pid === holder.pid) return overHttp(address, { dataDir, clock });
    const lock = holder === null ? tryLock(dataDir) : null;
    if (lock !== null) return atRest(lock, { dataDir, clock });
    if (clock.monotonic() > deadline) {
      throw new CliError(
        `process ${holder?.pid ?? '?'} has had ${dataDir.path} open for ${PATIENCE_MS / 1000} s and does not say where it can be reached; stop it, or wait for it`,
      );
    }
    await delay(clock, LOOK_MS);
  }
}

/** A process that keeps the cluster of a data directory up and works on all of its runs: `lockstep up`. */
export interface Keeper {
  readonly pid: number;
}

/**
 * Takes the lock of a data directory to run its cluster, or tells which process keeps it up already. A verb that only
 * looks at it has the lock for a moment: that is waited for.
 *
 * @throws CliError where another process runs the cluster for a run of its own
 */
export async function lockToRun(dataDir: DataDir, clock: Clock): Promise<Lock | Keeper> {
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const lock = tryLock(dataDir);
    if (lock !== null) return lock;
    const holder = lockHolder(dataDir.lock);
    const address = readAddress(dataDir);
    const runs = holder !== null && address?.pid === holder.pid;
    if (runs && address.stays) return { pid: holder.pid };
    if (runs || clock.monotonic() > deadline) {
      throw new CliError(
        `process ${holder?.pid ?? '?'} is running workflows in ${dataDir.path}. Wait for it (lockstep wait --data-dir ${dataDir.path}), or choose another directory with --data-dir`,
      );
    }
    await delay(clock, LOOK_MS);
  }
}

function tryLock(dataDir: DataDir): Lock | null {
  try {
    return takeLock(dataDir.lock);
  } catch (error) {
    if (isHeld(error)) return null;
    throw error;
  }
}

async function atRest(lock: Lock, { dataDir, clock }: Place): Promise<Access> {
  try {
    const server = openServer(dataDir, clock);
    // A process that was killed at its very start may have left none.
    await installKinds(server, { update: false });
    const logs = createLogsAtRest({ client: server.localClient(), clock, dataDir: dataDir.kubelet });
    server.setLogProvider(logs);
    return {
      transport: server.transport(),
      running: () => false,
      close: async () => {
        await logs.close();
        server.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Place {
  readonly dataDir: DataDir;
  readonly clock: Clock;
}

interface Address {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** See Keeper. */
  readonly stays: boolean;
}

function overHttp({ url, token, pid }: Address, { dataDir, clock }: Place): Access {
  const transport = createHttpTransport({ credentials: fixedCredentials(url, { token }), clock });
  return {
    transport,
    running: () => lockHolder(dataDir.lock)?.pid === pid,
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** Null: nobody has published where it can be reached, or is just doing so. */
function readAddress(dataDir: DataDir): Address | null {
  let text: string;
  try {
    text = readFileSync(dataDir.server, 'utf8');
  } catch {
    // Not there (yet, or no more): who waits for it looks again, and says so in the end.
    return null;
  }
  const [, url = '', token = '', pid = ''] = /"url":"([^"]+)","token":"([^"]+)","pid":(\d+)/.exec(text) ?? [];
  return pid === '' ? null : { url, token, pid: Number(pid), stays: text.includes('"stays":true') };
}
