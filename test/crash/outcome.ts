import type { Json } from '../../src/api/json.js';
import { asJson } from './as-json.js';
import type { Play } from './play.js';
import type { Scenario } from './scenario.js';

/** What a disturbance must not change. */
export interface Outcome {
  readonly stuck: string | null;
  readonly status: Json;
  readonly trail: Json;
  readonly actions: Json;
  readonly started: Json;
  readonly created: Json;
  readonly left: Json;
}

/**
 * Members that tell of times, of versions, or of what is on its way. Times are what a disturbance may change; versions
 * and digests follow from them (the chain is verified by itself); what of the trail is acknowledged in the status depends
 * on which write comes last; `seq` of an answered action is the number of events at that moment.
 */
const VARYING =
  /^(.*At|.*Time|time|since|suspendedMs|resourceVersion|generation|uid|id|hash|prev|head|acked|outbox|seq|digest|planDigest|specDigest)$/;

/** The end of a play, without its times. */
export async function outcomeOf({ world, run, stuck }: Play, scenario: Scenario): Promise<Outcome> {
  const { status } = world.latest(run);
  const { events } = await world.trail(run.metadata.uid);
  const told = events.map(({ type, task, attempt, actor, data }) => ({ type, task, attempt, actor, data }));
  return {
    stuck,
    status: timeless(asJson(status)),
    trail: timeless(asJson(scenario.concurrent === true ? byTask(told) : told)),
    actions: timeless(asJson(await world.actionStatuses())),
    started: counted(world.cluster.runtime.started.map(({ podName, container }) => `${podName} ${container}`)),
    created: counted(world.created.map(({ kind, metadata }) => `${kind} ${metadata.name}`)),
    left: counted(
      [...(await world.pods()), ...(await world.jobs())].map(({ kind, metadata, status: of }) =>
        [kind, metadata.name, of !== undefined && 'phase' in of ? of.phase : '', metadata.finalizers ?? []].join(' '),
      ),
    ),
  };
}

/** The events of steps that run side by side have an order only among those of the same step. */
function byTask<T extends { readonly task: string | undefined }>(events: readonly T[]): Readonly<Record<string, T[]>> {
  const groups: Record<string, T[]> = {};
  for (const event of events) (groups[event.task ?? 'run'] ??= []).push(event);
  return groups;
}

function counted(names: readonly string[]): Json {
  const counts = new Map<string, number>();
  for (const name of names.map(withoutTimes)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function timeless(value: Json): Json {
  if (typeof value === 'string') return withoutTimes(value);
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      VARYING.test(name) || member === undefined ? [] : [[name, timeless(member)]],
    ),
  );
}

/** Instants, lengths of time, UIDs, and the random ends of names that the Job controller gives. */
function withoutTimes(text: string): string {
  return (
    text
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replace(/\b\d+(\.\d+)?(ms|s|m|h)\b/g, '<span>')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
      .replace(/(-a\d+)-[a-z0-9]{5}\b/g, '$1-<random>')
      .replace(/\bweb-[bcdfghjklmnpqrstvwxz245678]{5}\b/g, 'web-<random>')
      // How often the kubelet has said something depends on how long it went on.
      .replace(/ \(×\d+\)/g, '')
  );
}

/** Where two outcomes differ first, in words; null where they do not. */
export function difference(expected: Json, found: Json, path = ''): string | null {
  if (Object.is(expected, found)) return null;
  if (isList(expected) && isList(found)) {
    for (let index = 0; index < Math.max(expected.length, found.length); index += 1) {
      const [one, other] = [expected[index] ?? null, found[index] ?? null];
      const inside = difference(one, other, `${path}[${index}]`);
      if (inside !== null) return inside;
    }
    return null;
  }
  if (isObject(expected) && isObject(found)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const inside = difference(expected[name] ?? null, found[name] ?? null, `${path}.${name}`);
      if (inside !== null) return inside;
    }
    return null;
  }
  return `${path}: ${shown(found)} instead of ${shown(expected)}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
