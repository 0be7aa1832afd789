import { readdirSync, readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '../../src/api/json.js';
import type { Job, KubeEvent, Pod } from '../../src/api/kube.js';
import type { Evidence } from '../../src/failure/index.js';

const FOLDER = new URL('../fixtures/recordings/', import.meta.url);

/** One line of a recording. */
interface Line {
  readonly t: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ACTION';
  readonly object: JsonObject | string;
}

/** The names of all recordings. */
export function recordings(): string[] {
  return readdirSync(FOLDER).flatMap((file) => (file.endsWith('.jsonl') ? [file.slice(0, -'.jsonl'.length)] : []));
}

/** What somebody who watches would have known after each line of a recording. */
export function* replay(name: string): Generator<Evidence> {
  const events = new Map<string, KubeEvent>();
  let pod: Pod | undefined;
  let job: Job | undefined;
  for (const line of readLines(name)) {
    const { object } = line;
    if (!isJsonObject(object)) continue;
    if (object['kind'] === 'Event') {
      const event = object as unknown as KubeEvent;
      events.set(event.metadata.name ?? '', event);
    } else if (object['kind'] === 'Pod') pod = object;
    else if (object['kind'] === 'Job') job = object;
    else continue;
    yield {
      ...(pod === undefined ? {} : { pod }),
      ...(job === undefined ? {} : { job }),
      events: [...events.values()],
    };
  }
}

function readLines(name: string): Line[] {
  const text = readFileSync(new URL(`${name}.jsonl`, FOLDER), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** What was known at the end. */
export function endOf(name: string): Evidence {
  let last: Evidence = {};
  for (const evidence of replay(name)) last = evidence;
  return last;
}
