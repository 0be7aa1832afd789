import * as fs from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { internalError } from './errors.js';
import { asApiObject } from './json-values.js';
import type { Change, ChangeLog, Store } from './store.js';

/**
 * How hard a write is made durable. `process`: it is handed to the operating system before it is answered, so it survives
 * the end of this process (kill -9), not a power cut; `disk`: fsync before each answer (some ms each).
 * Snapshots and the journal's end at close are synced to disk in both.
 */
export type Durability = 'process' | 'disk';

export interface JournalOptions {
  readonly directory: string;
  readonly durability: Durability;
  /** A snapshot is taken when the journal is longer than this and than the last snapshot. */
  readonly snapshotBytes: number;
}

const JOURNAL = 'journal.jsonl';
const SNAPSHOT = 'snapshot.jsonl';

/**
 * The data directory: `snapshot.jsonl` (a first line with the revision, then an object a line) and `journal.jsonl` (a
 * change a line, appended). Opening reads both; a last line that was torn by a crash was never answered, and is cut off.
 */
export class Journal implements ChangeLog {
  readonly #options: JournalOptions;
  readonly #path: string;
  readonly #file: number;
  #length: number;
  #snapshotLength: number;
  #broken: string | undefined;

  /** Restores `store` from the directory (made where it is missing). Throws an Error that names the path. */
  static open(store: Store, options: JournalOptions): Journal {
    return naming(options.directory, 'open', () => {
      fs.mkdirSync(options.directory, { recursive: true, mode: 0o700 });
      const snapshotLength = readSnapshot(store, join(options.directory, SNAPSHOT));
      const path = join(options.directory, JOURNAL);
      const length = readJournal(store, path);
      const file = fs.openSync(path, 'a+', 0o600);
      fs.ftruncateSync(file, length);
      return new Journal(options, { path, file, length, snapshotLength });
    });
  }

  private constructor(
    options: JournalOptions,
    opened: { readonly path: string; readonly file: number; readonly length: number; readonly snapshotLength: number },
  ) {
    this.#options = options;
    this.#path = opened.path;
    this.#file = opened.file;
    this.#length = opened.length;
    this.#snapshotLength = opened.snapshotLength;
  }

  append(change: Change, store: Store): void {
    if (this.#broken !== undefined) throw internalError(this.#broken);
    // Before the write, so that a snapshot that fails cannot leave a change that is durable but refused.
    if (this.#length > Math.max(this.#options.snapshotBytes, this.#snapshotLength)) this.#snapshot(store);
    const line = Buffer.from(`${JSON.stringify(journalRecord(change))}\n`);
    try {
      writeAll(this.#file, line);
      if (this.#options.durability === 'disk') fs.fsyncSync(this.#file);
    } catch (error) {
      this.#undo(error);
    }
    this.#length += line.length;
  }

  /** Syncs and closes; the journal cannot be used after it. */
  close(): void {
    if (this.#broken === undefined) fs.fsyncSync(this.#file);
    this.#broken = `the data directory ${this.#options.directory} is closed`;
    fs.closeSync(this.#file);
  }

  /** Takes back half a line, so that the refused write leaves nothing; where even that fails, no write is taken any more. */
  #undo(error: unknown): never {
    const problem = `cannot write ${this.#path}: ${text(error)}; the change was refused`;
    try {
      fs.ftruncateSync(this.#file, this.#length);
    } catch (undoError) {
      this.#broken = `${problem}, and the journal could not be repaired (${text(undoError)}): restart to go on`;
    }
    throw internalError(problem);
  }

  /** A crash at any point leaves the old snapshot with the whole journal, or the new one with changes it already holds. */
  #snapshot(store: Store): void {
    const path = join(this.#options.directory, SNAPSHOT);
    const temporary = `${path}.new`;
    try {
      const file = fs.openSync(temporary, 'w', 0o600);
      try {
        this.#snapshotLength = writeSnapshot(file, store);
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      fs.renameSync(temporary, path);
      syncDirectory(this.#options.directory);
      fs.ftruncateSync(this.#file, 0);
      this.#length = 0;
    } catch (error) {
      throw internalError(`cannot write ${temporary}: ${text(error)}; the change was refused`);
    }
  }
}

function journalRecord(change: Change): JsonObject {
  const place = { rv: change.revision, r: change.resource, k: change.key };
  return change.type === 'DELETED' ? { ...place, d: change.object } : { ...place, o: change.object };
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(file, bytes, written);
}

function writeSnapshot(file: number, store: Store): number {
  let length = 0;
  const write = (value: JsonObject): void => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    writeAll(file, line);
    length += line.length;
  };
  write({ rv: store.revision });
  for (const { resource, key, object } of store.everything()) write({ r: resource, k: key, o: object });
  return length;
}

/** Answers the snapshot's length in bytes, 0 where there is none. */
function readSnapshot(store: Store, path: string): number {
  if (!fs.existsSync(path)) return 0;
  const { lines, length } = readLines(path);
  const [head, ...objects] = lines;
  const revision = head?.['rv'];
  if (typeof revision !== 'number') throw new Error(`${path} has no revision in its first line`);
  for (const line of objects) {
    const { resource, key, object } = place(line, path);
    if (object !== undefined) store.restore(resource, key, object);
  }
  store.startAt(revision);
  return length;
}

/** Answers the length of what is whole. */
function readJournal(store: Store, path: string): number {
  if (!fs.existsSync(path)) return 0;
  const { lines, length } = readLines(path);
  for (const line of lines) {
    const revision = line['rv'];
    if (typeof revision !== 'number') throw new Error(`${path} has a line without a revision`);
    // After a crash between the snapshot's rename and the journal's truncation, the snapshot already holds these.
    if (revision <= store.revision) continue;
    const { resource, key, object, deleted } = place(line, path);
    if (deleted !== undefined) store.replay({ type: 'DELETED', revision, resource, key, object: deleted });
    else if (object !== undefined) store.replay({ type: 'PUT', revision, resource, key, object });
  }
  return length;
}

function place(line: JsonObject, path: string) {
  const { r: resource, k: key, o: object, d: deleted } = line;
  if (typeof resource !== 'string' || typeof key !== 'string') throw new Error(`${path} has a line without a key`);
  return {
    resource,
    key,
    object: isJsonObject(object) ? asApiObject(object) : undefined,
    deleted: isJsonObject(deleted) ? asApiObject(deleted) : undefined,
  };
}

/** The whole lines of a file. What follows the last newline was being written when the process ended. */
function readLines(path: string): { readonly lines: readonly JsonObject[]; readonly length: number } {
  const bytes = fs.readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const parsed = lines.map((line, index) => {
    const value = parseLine(line);
    if (value === undefined) throw new Error(`line ${index + 1} of ${path} is damaged: restore the file or remove it`);
    return value;
  });
  return { lines: parsed, length: end };
}

function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller names file and line
  }
}

function syncDirectory(directory: string): void {
  const handle = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function naming<T>(path: string, verb: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`cannot ${verb} the data directory ${path}: ${text(error)}`, { cause: error });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
