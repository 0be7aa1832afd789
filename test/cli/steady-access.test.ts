import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DataDir, openDataDir } from '../../src/cli/embedded/data-dir.js';
import { takeLock } from '../../src/cli/embedded/lock.js';
import { reachSteadily } from '../../src/cli/embedded/steady-access.js';
import { systemClock } from '../../src/runtime/index.js';

let folder: string;
let dataDir: DataDir;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-access-'));
  dataDir = openDataDir(folder);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A process that holds the directory, and lets go of it in the middle of the first requests that it gets. */
async function endsWhenAsked(requests: number): Promise<Server> {
  const lock = takeLock(dataDir.lock);
  let left = requests;
  const server = createServer((request) => {
    left -= 1;
    if (left === 0) {
      lock.release();
      rmSync(dataDir.server, { force: true });
      server.closeAllConnections();
      server.close();
    } else request.resume();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  writeFileSync(
    dataDir.server,
    JSON.stringify({ url: `http://127.0.0.1:${port ?? ''}`, token: 'token', pid: process.pid }),
  );
  return server;
}

it('reads that lose the process that answers them are answered from the directory, all of them', async () => {
  await endsWhenAsked(3);
  const access = await reachSteadily(dataDir, systemClock);
  const read = { method: 'GET', path: '/apis/lockstep.dev/v1alpha1/workflowexecutions' } as const;
  const answers = await Promise.all([1, 2, 3].map(() => access.transport.send(read)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(access.running()).toBe(false);
  await access.close();
  // It has let go of the directory.
  takeLock(dataDir.lock).release();
});

it('a write is not repeated: nobody knows whether it was done', async () => {
  await endsWhenAsked(1);
  const access = await reachSteadily(dataDir, systemClock);
  const write = { method: 'POST', path: '/api/v1/namespaces', body: '{"metadata":{"name":"x"}}' } as const;
  await expect(access.transport.send(write)).rejects.toMatchObject({ name: 'ConnectionError' });
  await access.close();
});
