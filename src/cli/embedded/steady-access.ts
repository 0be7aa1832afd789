import type { Clock } from '../../api/clock.js';
import type { ApiRequest, ApiTransport } from '../../api/http.js';
import { ConnectionError, delay } from '../../runtime/index.js';
import { type Access, reach } from './access.js';
import type { DataDir } from './data-dir.js';

/** How long a read is tried again after the process that answered it went away, and how often, in ms. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 50;

/**
 * Reaches the cluster of a data directory, and reaches it anew where the process that runs it ends while a read is under
 * way: what it was asked for is still there, and the next process, or this one, can tell it. Writes and watches are not
 * repeated: whether a write was done is unknown, and a watch's end is what its reader waits for.
 *
 * @throws CliError where somebody holds the directory and does not answer
 */
export async function reachSteadily(dataDir: DataDir, clock: Clock): Promise<Access> {
  let access = await reach(dataDir, clock);
  let moving: Promise<void> | null = null;
  const move = async (): Promise<void> => {
    await access.close();
    access = await reach(dataDir, clock);
  };
  const moveFrom = async (lost: Access): Promise<void> => {
    // Of several reads that lost it together, one reaches it anew for all.
    if (access === lost) {
      moving ??= move().finally(() => {
        moving = null;
      });
    }
    await moving;
  };
  const transport: ApiTransport = {
    send: async (request, options) => {
      const deadline = clock.monotonic() + PATIENCE_MS;
      for (;;) {
        const asked = access;
        try {
          return await asked.transport.send(request, options);
        } catch (error) {
          const again = error instanceof ConnectionError && isPlainRead(request) && clock.monotonic() < deadline;
          if (!again) throw error;
        }
        await delay(clock, PAUSE_MS, options?.signal);
        await moveFrom(asked);
      }
    },
  };
  return { transport, running: () => access.running(), close: () => access.close() };
}

function isPlainRead({ method, query = {} }: ApiRequest): boolean {
  return method === 'GET' && query['watch'] !== 'true' && query['follow'] !== 'true';
}
