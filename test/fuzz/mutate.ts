import type { Json, JsonObject } from '../../src/api/json.js';
import { isJsonArray, isJsonObject } from '../../src/api/json.js';

/** A change to a spec. `where` and `what` choose among what there is, so that any number means something. */
export interface Mutation {
  readonly kind: 'remove' | 'replace' | 'repeat' | 'rename' | 'swap' | 'retype' | 'stretch';
  readonly where: number;
  readonly what: number;
  /** For `replace`. */
  readonly value: Json;
}

/** Names and texts that have broken programs before. */
const NASTY = [
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  '\u0000',
  '\ud800',
  '🚒'.repeat(20),
  '../..',
  '${',
  '${params.x}',
];
const TIMES = [2, 3, 17, 65, 200];
const LENGTHS = [41, 64, 254, 1_025, 4_097, 70_000];

interface Place {
  readonly keys: readonly (string | number)[];
  readonly value: Json;
}

/** The spec with one change; the old one stays as it is. */
export function mutate(spec: JsonObject, { kind, where, what, value }: Mutation): JsonObject {
  const places = placesIn(spec, []);
  const place = places[where % Math.max(1, places.length)];
  if (place === undefined) return spec;
  const put = (next: Json | undefined): JsonObject => changed(spec, place.keys, () => next);
  switch (kind) {
    case 'remove':
      return put(undefined);
    case 'replace':
      return put(value);
    case 'swap':
      return put(places[what % places.length]?.value);
    case 'repeat':
      return put(
        isJsonArray(place.value) ? repeated(place.value, TIMES[what % TIMES.length] ?? 2) : [place.value, place.value],
      );
    case 'stretch':
      return put(
        typeof place.value === 'string' ? place.value.padEnd(LENGTHS[what % LENGTHS.length] ?? 64, 'x') : 9e15,
      );
    case 'retype':
      return put(typeof place.value === 'string' ? what : JSON.stringify(place.value));
    case 'rename':
      return renamed(spec, place.keys, NASTY[what % NASTY.length] ?? '');
  }
}

function repeated(list: readonly Json[], times: number): readonly Json[] {
  return Array.from({ length: times }, () => list)
    .flat()
    .slice(0, 400);
}

/** Everything in a value, with the way to it; not the value itself. */
function placesIn(value: Json, keys: readonly (string | number)[]): readonly Place[] {
  const members: readonly (readonly [string | number, Json | undefined])[] = isJsonArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return members.flatMap(([key, member]) =>
    member === undefined ? [] : [{ keys: [...keys, key], value: member }, ...placesIn(member, [...keys, key])],
  );
}

type Change = (value: Json | undefined) => Json | undefined;

function changed(value: JsonObject, keys: readonly (string | number)[], change: Change): JsonObject {
  const next = changedAt(value, keys, change);
  return isJsonObject(next) ? next : {};
}

function changedAt(
  value: Json | undefined,
  [key, ...rest]: readonly (string | number)[],
  change: Change,
): Json | undefined {
  if (key === undefined) return change(value);
  if (isJsonArray(value))
    return value.flatMap((item, index) => (index === key ? (changedAt(item, rest, change) ?? []) : [item]));
  if (!isJsonObject(value)) return value;
  // Not an assignment: a member may be named __proto__.
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const next = name === key ? changedAt(member, rest, change) : member;
      return next === undefined ? [] : [[name, next]];
    }),
  );
}

function renamed(spec: JsonObject, keys: readonly (string | number)[], name: string): JsonObject {
  const last = keys.at(-1);
  return changed(spec, keys.slice(0, -1), (parent) =>
    isJsonObject(parent)
      ? Object.fromEntries(Object.entries(parent).map(([key, member]) => [key === last ? name : key, member]))
      : name,
  );
}
