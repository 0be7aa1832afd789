import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../../src/cluster/kubelet/process/container-log.js';
import { WHOLE_LOG } from './runtime-fixture.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-log-'));
  path = join(folder, 'log');
  writeFileSync(path, '');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (second: number): number => Date.parse('2026-03-14T03:11:00Z') + second * 1000;

describe('the log of a container', () => {
  it('knows when each line came, also to a later kubelet', () => {
    const log = new ContainerLog(path);
    appendFileSync(path, 'first\n');
    log.look(at(1));
    appendFileSync(path, 'second\nthird');
    log.look(at(2));
    for (const one of [log, new ContainerLog(path)]) {
      expect(one.read({ ...WHOLE_LOG, timestamps: true }, at(9))).toBe(
        '2026-03-14T03:11:01.000Z first\n2026-03-14T03:11:02.000Z second\n2026-03-14T03:11:02.000Z third',
      );
      expect(one.read({ ...WHOLE_LOG, since: at(2) }, at(9))).toBe('second\nthird');
    }
  });

  it('stays below two times 10 MiB, keeping the newest lines', () => {
    const log = new ContainerLog(path);
    const piece = `${'x'.repeat(1023)}\n`.repeat(4 * 1024);
    for (let round = 0; round < 8; round += 1) {
      appendFileSync(path, piece);
      log.look(at(round));
    }
    appendFileSync(path, 'last\n');
    const text = log.read(WHOLE_LOG, at(9));
    expect(text.endsWith('x\nlast\n')).toBe(true);
    expect(statSync(path).size).toBeLessThanOrEqual(10 * 1024 * 1024);
    expect(text.length).toBeLessThan(21 * 1024 * 1024);
    expect(log.read({ ...WHOLE_LOG, since: at(9) }, at(9))).toBe('last\n');
  });

  it('is cut between characters', () => {
    appendFileSync(path, 'äöü\n');
    expect(new ContainerLog(path).read({ ...WHOLE_LOG, limitBytes: 3 }, at(1))).toBe('ä');
  });
});
