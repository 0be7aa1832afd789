import type { JsonObject } from '../../../src/api/json.js';
import { isJsonObject } from '../../../src/api/json.js';
import type { ApiCall } from '../../support/embedded/api-call.js';
import { type Chronicle, births } from '../chronicle.js';
import type { Rule } from './rule.js';

/** Design, rule 4: every call may be repeated, and none meets another object than the one it was meant for. */
export const CONDITIONAL_CALLS: readonly Rule[] = [
  { says: 'creates have names that tell the attempt, patches a version, deletes a UID', breaches: callsAreConditional },
  { says: 'each attempt has one object, and its container runs once', breaches: runsOnce },
];

const WORK = ['pods', 'jobs'];

function callsAreConditional({ calls }: Chronicle): string[] {
  return calls
    .filter(({ resource }) => WORK.includes(resource))
    .filter((call) => !isConditional(call))
    .map(
      ({ number, verb, resource }) => `call ${number}, ${verb} of ${resource}, is neither conditional nor idempotent`,
    );
}

function isConditional({ verb, body }: ApiCall): boolean {
  const metadata = membersOf(body['metadata']);
  switch (verb) {
    case 'create':
      return /-a\d+$/.test(textOf(metadata['name']));
    case 'patch':
      return textOf(metadata['resourceVersion']) !== '';
    case 'delete':
      return textOf(membersOf(body['preconditions'])['uid']) !== '';
    case 'update':
      return false;
    default:
      return true;
  }
}

function membersOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function runsOnce(chronicle: Chronicle): string[] {
  const created = births(chronicle).map(({ object: { kind, metadata } }) => `${kind} ${metadata.name}`);
  // A Job's pod has a random end; the Job controller makes one only.
  const ran = chronicle.launches.map(
    ({ podName, container }) => `${container} of ${podName.replace(/(-a\d+)-\w{5}$/, '$1')}`,
  );
  return [
    ...repeated(created).map((name) => `${name} was created more than once`),
    ...repeated(ran).map((name) => `${name} ran more than once`),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
