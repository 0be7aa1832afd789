import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '../../../../src/api/json.js';

export interface RecordedEvent {
  /** Seconds since the recording began. */
  readonly t: number;
  readonly type: string;
  readonly object: JsonObject;
}

/** What a real cluster showed; ACTION lines have an object without a kind. */
export function readRecording(name: string): readonly RecordedEvent[] {
  const file = new URL(`../../../fixtures/job-recordings/${name}.jsonl`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(parseLine);
}

function parseLine(line: string): RecordedEvent {
  const value: unknown = JSON.parse(line);
  if (!isJsonObject(value)) throw new Error(`no object: ${line}`);
  const { t, type, object } = value;
  if (typeof t !== 'number' || typeof type !== 'string') throw new Error(`no time or type: ${line}`);
  return { t, type, object: isJsonObject(object) ? object : { action: object } };
}

export function part(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isJsonObject(value) ? value : {};
}

export function text(object: JsonObject, field: string): string {
  const value = object[field];
  return typeof value === 'string' ? value : '';
}

/** Names and UIDs of pods by the order of their creation, so that two runs can be compared. */
export class Aliases {
  readonly #aliases = new Map<string, string>();

  add(pod: JsonObject): void {
    const metadata = part(pod, 'metadata');
    const ordinal = this.#aliases.size / 2;
    this.#aliases.set(text(metadata, 'uid'), `POD${ordinal}`);
    this.#aliases.set(text(metadata, 'name'), `pod${ordinal}`);
  }

  in(value: unknown): string {
    let json = JSON.stringify(value);
    for (const [name, alias] of this.#aliases) json = json.replaceAll(name, alias);
    return json;
  }
}
