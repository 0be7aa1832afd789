import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeFixture, shell } from './runtime-fixture.js';

let fixture: RuntimeFixture;
let disk: string;
beforeEach(() => {
  fixture = new RuntimeFixture();
  disk = join(fixture.dataDir, 'disk');
  mkdirSync(disk);
});
afterEach(async () => {
  await fixture.close();
});

/** A small file system on `disk`; false where this user may not mount one. */
function mountDisk(kib: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function fill(): void {
  expect(() => {
    for (let piece = 0; ; piece += 1) writeFileSync(join(disk, `fill-${piece}`), Buffer.alloc(4096));
  }).toThrow('ENOSPC');
}

describe('a full disk', () => {
  it('keeps a container from being created, and says so; with room it starts', async ({ skip }) => {
    if (!mountDisk(512)) skip('no file system may be mounted here');
    try {
      const runtime = fixture.runtime({ dataDir: disk });
      fill();
      await expect(runtime.start(shell('exit 3'))).rejects.toMatchObject({
        reason: 'CreateContainerError',
        message: expect.stringContaining('ENOSPC') as string,
      });
      for (let piece = 0; existsSync(join(disk, `fill-${piece}`)); piece += 1) rmSync(join(disk, `fill-${piece}`));
      await runtime.start(shell('exit 3'));
      expect(await fixture.end(runtime)).toMatchObject({ exitCode: 3 });
      await runtime.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('that fills while a command runs does not lose how it ended', async ({ skip }) => {
    if (!mountDisk(512)) skip('no file system may be mounted here');
    try {
      const runtime = fixture.runtime({ dataDir: disk });
      await runtime.start(shell('sleep 0.3; echo lost; exit 3'));
      fill();
      expect(await fixture.end(runtime)).toMatchObject({ exitCode: 3, reason: 'Error' });
      await runtime.close();
      expect(fixture.latest(fixture.runtime({ dataDir: disk })).state).toMatchObject({ exitCode: 3 });
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});
