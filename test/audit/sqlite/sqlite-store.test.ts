import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditStoreError } from '../../../src/audit/store-error.js';
import { verifyLedger } from '../../../src/audit/ledger.js';
import { openDatabase } from '../../../src/audit/sqlite/open-database.js';
import { openSqliteAuditStore } from '../../../src/audit/sqlite/sqlite-store.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { sampleRun, sampleTrail } from '../sample-trail.js';
import { describeStore } from '../store-contract.js';

const room = mkdtempSync(join(tmpdir(), 'lockstep-audit-'));
const clock = new VirtualClock();
let files = 0;
const newPath = (): string => join(room, `${(files += 1)}.db`);

afterAll(() => {
  rmSync(room, { recursive: true });
});

describeStore('SQLite', () => {
  const path = newPath();
  return Promise.resolve({ open: () => openSqliteAuditStore(path, clock) });
});

describe('the SQLite audit store', () => {
  it('has all that it took, and its own identity, when it is opened again', async () => {
    const path = newPath();
    const first = await openSqliteAuditStore(path, clock);
    await first.append(sampleTrail());
    await first.close();
    const second = await openSqliteAuditStore(path, clock);
    expect(await second.eventsOf(sampleRun().uid)).toEqual(sampleTrail());
    expect(second.id).toBe(first.id);
    await second.close();
  });

  it('stores all of a batch or nothing', async () => {
    const path = newPath();
    const store = await openSqliteAuditStore(path, clock);
    const [first, second] = sampleTrail();
    if (first === undefined || second === undefined) throw new Error('no events');
    const broken = { ...second, type: undefined } as unknown as typeof second;
    await expect(store.append([first, broken])).rejects.toThrow();
    expect(await store.eventsOf(sampleRun().uid)).toEqual([]);
    expect(await store.ledger()).toEqual([]);
    expect(await store.append([first, second])).toEqual(['stored', 'stored']);
    await store.close();
  });

  it('finds the trail of a name without reading all events', async () => {
    const path = newPath();
    await (await openSqliteAuditStore(path, clock)).close();
    const database = await openDatabase(path);
    const plan = database.prepare(
      "EXPLAIN QUERY PLAN SELECT uid FROM events WHERE namespace = 'a' AND name = 'b' GROUP BY uid",
    );
    expect(String(plan.all()[0]?.['detail'])).toContain('events_by_name');
    database.close();
  });
});

describe('a SQLite file that cannot take events', () => {
  it('that another process has locked: the error says so, and the events are taken once it is free', async () => {
    const path = newPath();
    const store = await openSqliteAuditStore(path, clock);
    const holder = await holdLock(path);
    await expect(store.append(sampleTrail())).rejects.toThrow(
      /^audit store .*\.db: another process holds its lock; nothing is lost.*SQLITE_BUSY/,
    );
    await holder.release();
    expect(await store.append(sampleTrail())).toEqual(['stored', 'stored', 'stored', 'stored']);
    await store.close();
  });

  it('that is no SQLite database', async () => {
    const path = newPath();
    writeFileSync(path, 'Dear diary, today nothing failed at all. '.repeat(100));
    await expect(openSqliteAuditStore(path, clock)).rejects.toThrow(/it is not a SQLite database; give another path/);
  });

  it('that belongs to another program', async () => {
    const path = newPath();
    const database = await openDatabase(path);
    database.exec('CREATE TABLE contacts (name TEXT)');
    database.close();
    await expect(openSqliteAuditStore(path, clock)).rejects.toThrow(/belongs to another program/);
  });

  it('that a later version wrote', async () => {
    const path = newPath();
    await (await openSqliteAuditStore(path, clock)).close();
    const database = await openDatabase(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openSqliteAuditStore(path, clock)).rejects.toThrow(/version 99, written by a later Lockstep/);
  });

  it('whose directory does not exist', async () => {
    const opened = openSqliteAuditStore(join(room, 'nowhere', 'audit.db'), clock);
    await expect(opened).rejects.toThrow(AuditStoreError);
    await expect(openSqliteAuditStore(join(room, 'nowhere', 'audit.db'), clock)).rejects.toThrow(/make its directory/);
  });

  it('in a directory that is read-only', async ({ skip }) => {
    if (process.getuid?.() === 0 && !canMount()) skip('root writes read-only files, and nothing can be mounted here');
    const path = join(room, 'read-only', 'audit.db');
    await withReadOnly(path, async () => {
      await expect(openAndAppend(path)).rejects.toThrow(/audit\.db: .*the right to write/);
    });
  });

  it('on a disk that is full: the error says so, and the events are taken once there is room', async ({ skip }) => {
    if (!canMount()) skip('nothing can be mounted here: run as root with CAP_SYS_ADMIN to test a full disk');
    const disk = join(room, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
    try {
      const path = join(disk, 'audit.db');
      const store = await openSqliteAuditStore(path, clock);
      await store.append(sampleTrail());
      fill(join(disk, 'ballast'));
      const more = Array.from({ length: 40 }, (_, n) => sampleTrail({ uid: `run-${n}` })).flat();
      await expect(store.append(more)).rejects.toThrow(/audit\.db: the disk is full; make room.*SQLITE_FULL/);
      rmSync(join(disk, 'ballast'));
      expect(new Set(await store.append(more))).toEqual(new Set(['stored']));
      expect(await store.eventsOf(sampleRun().uid)).toEqual(sampleTrail());
      expect(verifyLedger(store.id, await store.ledger())).toEqual([]);
      await store.close();
    } finally {
      unmount(disk);
    }
  });
});

async function openAndAppend(path: string): Promise<void> {
  const store = await openSqliteAuditStore(path, clock);
  try {
    await store.append(sampleTrail());
  } finally {
    await store.close();
  }
}

/** Holds the write lock of a database in another process, until it is released. */
async function holdLock(path: string): Promise<{ release(): Promise<void> }> {
  const script = `
    const open = () => { try { const { DatabaseSync } = process.getBuiltinModule('node:sqlite'); return new DatabaseSync(process.argv[1]); }
      catch { const { DatabaseSync } = require('@photostructure/sqlite'); return new DatabaseSync(process.argv[1]); } };
    open().exec('BEGIN IMMEDIATE');
    console.log('held');
    process.stdin.on('end', () => process.exit(0)).resume();`;
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    async release() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}

function fill(path: string): void {
  execFileSync('sh', ['-c', `dd if=/dev/zero of="${path}" bs=1k 2>/dev/null || true`]);
}

function canMount(): boolean {
  const probe = join(room, 'probe');
  if (!existsSync(probe)) mkdirSync(probe);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function withReadOnly(path: string, check: () => Promise<void>): Promise<void> {
  const directory = join(path, '..');
  mkdirSync(directory, { recursive: true });
  const root = process.getuid?.() === 0;
  if (root) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory]);
  try {
    const elsewhere = newPath();
    await (await openSqliteAuditStore(elsewhere, clock)).close();
    copyFileSync(elsewhere, path);
    if (root) execFileSync('mount', ['-o', 'remount,ro', directory]);
    else {
      chmodSync(path, 0o400);
      chmodSync(directory, 0o500);
    }
    await check();
  } finally {
    if (root) unmount(directory);
    else chmodSync(directory, 0o700);
  }
}

/** Lazily: the driver of Node 20 keeps a closed file open until its statements are collected. */
function unmount(directory: string): void {
  execFileSync('umount', ['--lazy', directory]);
}
