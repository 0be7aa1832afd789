import type { Json } from '../../src/api/json.js';
import { asJson } from './as-json.js';
import { type Outcome, difference } from './outcome.js';
import type { Point } from './points.js';

/** An outcome without what a point may change (see Point). */
export function comparable(outcome: Outcome, point: Point): Json {
  const { started, created, left, ...said } = outcome;
  const all = asJson(point.mayCreateLate ? said : { ...said, started, created, left });
  const noted = point.mayRepeatNotes ? withoutMembers(withoutRepetitions(all), ['events']) : all;
  const seen = point.mayMissDeletion ? withoutMembers(withoutDeletions(noted), ['events']) : noted;
  return point.mayMissEvidence ? withoutMembers(seen, ['evidence', 'missing']) : seen;
}

function withoutMembers(value: Json, names: readonly string[]): Json {
  return rebuilt(value, { keepsMember: (name) => !names.includes(name) });
}

/** Lists in which no note of what an attempt waits for stands twice, one after the other. */
function withoutRepetitions(value: Json): Json {
  return rebuilt(value, {
    keepsItem: (each, before) =>
      memberOf(each, 'type') !== 'attempt.waiting' || difference(before ?? null, each) !== null,
  });
}

/** Without the stop that somebody else's deletion is, and without the event that tells of it. */
function withoutDeletions(value: Json): Json {
  return rebuilt(value, {
    keepsItem: (each) => memberOf(each, 'type') !== 'attempt.stopping' || !isDeletion(memberOf(each, 'data')),
    keepsMember: (name, member) => name !== 'stop' || !isDeletion(member),
  });
}

function isDeletion(value: Json | undefined): boolean {
  return value !== undefined && memberOf(value, 'why') === 'ExternallyDeleted';
}

function memberOf(value: Json, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([each]) => each === name)?.[1];
}

interface Keeping {
  readonly keepsItem?: (item: Json, before: Json | undefined) => boolean;
  readonly keepsMember?: (name: string, member: Json) => boolean;
}

/** A copy, from the inside out, in which items of lists and members of objects may be left out. */
function rebuilt(value: Json, keeping: Keeping): Json {
  const { keepsItem = () => true, keepsMember = () => true } = keeping;
  if (Array.isArray(value)) {
    const items = value.map((each: Json) => rebuilt(each, keeping));
    return items.filter((each, index) => keepsItem(each, items[index - 1]));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined || !keepsMember(name, member) ? [] : [[name, rebuilt(member, keeping)]],
    ),
  );
}
