import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/runtime/system-clock.js';
import { POD_UID, RuntimeFixture, shell } from './runtime-fixture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-driver-'));
  buildSync({
    entryPoints: [new URL('killed-kubelet-driver.ts', import.meta.url).pathname],
    outfile: join(folder, 'driver.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the command under a kubelet's runtime in another process and kills that with SIGKILL after `ms`. */
async function startAndKill(dataDir: string, line: string, ms: number): Promise<void> {
  const child = spawn(process.execPath, [join(folder, 'driver.mjs'), dataDir, line], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await new Promise<void>((resolve) => {
    systemClock.after(ms, resolve);
  });
  child.kill('SIGKILL');
  await exit;
}

const INSTANTS = [0, 1, 2, 4, 6, 9, 15, 30];

describe('after kill -9 of the process that runs the kubelet', () => {
  it.each(INSTANTS)('%i ms after the order, the command runs exactly once', async (ms) => {
    const fixture = new RuntimeFixture();
    const ran = join(fixture.dataDir, 'ran');
    const line = `echo once >> ${ran}; sleep 0.2; exit 5`;
    await startAndKill(fixture.dataDir, line, ms);
    const runtime = fixture.runtime();
    // What a kubelet does with a container that the runtime does not know: it starts it.
    if (runtime.containers(POD_UID).length === 0) await runtime.start(shell(line));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 5, reason: 'Error' });
    expect(readFileSync(ran, 'utf8')).toBe('once\n');
    await fixture.close();
  });

  it('a long command goes on, and can be stopped by the next kubelet', async () => {
    const fixture = new RuntimeFixture();
    const flag = join(fixture.dataDir, 'flag');
    await startAndKill(fixture.dataDir, `trap 'echo bye; exit 0' TERM; : > ${flag}; while :; do sleep 0.02; done`, 200);
    const runtime = fixture.runtime();
    await fixture.until(() => existsSync(flag));
    expect(fixture.latest(runtime).state.kind).toBe('Running');
    runtime.signal(fixture.latest(runtime).id, 'SIGTERM');
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    await fixture.close();
  });
});
