import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../src/cluster/api-object.js';
import { Journal } from '../../../src/cluster/apiserver/journal.js';
import { Store } from '../../../src/cluster/apiserver/store.js';

const object = (name: string, data = ''): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '' },
  data,
});

const realWrite = fs.writeSync;

/** Lets the next write take `bytes` bytes, and every later one fail as on a full disk. */
function diskFullAfter(bytes: number): void {
  let room = bytes;
  const write = (file: number, buffer: Uint8Array, offset = 0): number => {
    if (room === 0) throw new Error('ENOSPC: no space left on device, write');
    const written = realWrite(file, buffer, offset, room);
    room -= written;
    return written;
  };
  Object.assign(fs, { writeSync: write });
  syncBuiltinESMExports();
}

function diskHasRoom(): void {
  fs.writeSync = realWrite;
  syncBuiltinESMExports();
}

describe('Journal', () => {
  let directory = '';
  beforeEach(() => {
    directory = fs.mkdtempSync(join(tmpdir(), 'lockstep-journal-'));
  });
  afterEach(() => {
    diskHasRoom();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const open = (snapshotBytes = 1_000_000) => {
    const store = new Store({ historyLength: 100 });
    const journal = Journal.open(store, { directory, durability: 'process', snapshotBytes });
    store.logTo(journal);
    return { store, journal };
  };
  const contents = (store: Store) => store.list('/configmaps').map((each) => [each.metadata.name, each['data']]);

  it('brings back objects, deletions, the revision and the history', () => {
    const first = open();
    first.store.put('/configmaps', 'x', object('x', '1'));
    first.store.put('/configmaps', 'y', object('y'));
    first.store.remove('/configmaps', 'x');
    first.journal.close();
    const { store } = open();
    expect(contents(store)).toEqual([['y', '']]);
    expect(store.revision).toBe(3);
    expect(store.changesSince('/configmaps', 2).map((change) => change.type)).toEqual(['DELETED']);
  });

  it('reads what another process wrote that was killed, whatever the byte at which its last line was torn', () => {
    const { store } = open();
    store.put('/configmaps', 'x', object('x', '1'));
    const whole = fs.readFileSync(join(directory, 'journal.jsonl'));
    store.put('/configmaps', 'x', object('x', 'zwei €'));
    const both = fs.readFileSync(join(directory, 'journal.jsonl'));
    for (let length = whole.length; length < both.length; length += 1) {
      fs.writeFileSync(join(directory, 'journal.jsonl'), both.subarray(0, length));
      const again = open();
      expect(contents(again.store)).toEqual([['x', '1']]);
      expect(again.store.put('/configmaps', 'y', object('y')).metadata.resourceVersion).toBe('2');
      again.journal.close();
      expect(contents(open().store)).toEqual([
        ['x', '1'],
        ['y', ''],
      ]);
    }
  });

  it('takes snapshots as the journal grows, and comes back from snapshot and journal together', () => {
    const { store, journal } = open(2_000);
    for (let i = 0; i < 200; i += 1) store.put('/configmaps', `x${i % 7}`, object(`x${i % 7}`, `value ${i}`));
    journal.close();
    expect(fs.statSync(join(directory, 'journal.jsonl')).size).toBeLessThan(4_000);
    const again = open();
    expect(contents(again.store)).toEqual(contents(store));
    expect(again.store.revision).toBe(200);
  });

  it('skips changes that the snapshot holds already, after a crash between the two', () => {
    const { store } = open(1);
    store.put('/configmaps', 'x', object('x', '1'));
    const stale = fs.readFileSync(join(directory, 'journal.jsonl'));
    store.put('/configmaps', 'x', object('x', '2'));
    const fresh = fs.readFileSync(join(directory, 'journal.jsonl'));
    fs.writeFileSync(join(directory, 'journal.jsonl'), Buffer.concat([stale, fresh]));
    expect(contents(open().store)).toEqual([['x', '2']]);
  });

  it('names file and line of damage in the middle', () => {
    fs.writeFileSync(join(directory, 'journal.jsonl'), '{"rv":1,"r":"/configmaps","k":"x","o":{}}\ngarbage\n');
    expect(() => open()).toThrow(/line 2 of .*journal\.jsonl is damaged/);
  });

  it('names a directory that cannot be made', () => {
    fs.writeFileSync(join(directory, 'file'), '');
    const inside = join(directory, 'file', 'data');
    const store = new Store({ historyLength: 1 });
    expect(() => Journal.open(store, { directory: inside, durability: 'process', snapshotBytes: 1 })).toThrow(inside);
  });

  it('refuses writes after it was closed', () => {
    const { store, journal } = open();
    journal.close();
    expect(() => store.put('/configmaps', 'x', object('x'))).toThrow(`${directory} is closed`);
    expect(store.revision).toBe(0);
  });

  it('refuses a write on a full disk with the path, and leaves nothing of half a line', () => {
    const { store, journal } = open();
    store.put('/configmaps', 'x', object('x', '1'));
    diskFullAfter(10);
    expect(() => store.put('/configmaps', 'x', object('x', '2'))).toThrow(
      `cannot write ${join(directory, 'journal.jsonl')}: ENOSPC: no space left on device`,
    );
    diskHasRoom();
    expect([store.get('/configmaps', 'x')?.['data'], store.revision]).toEqual(['1', 1]);
    store.put('/configmaps', 'y', object('y'));
    journal.close();
    expect(contents(open().store)).toEqual([
      ['x', '1'],
      ['y', ''],
    ]);
  });
});
