import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import type { BuiltinDefinitions } from '../../schema-port.js';
import type { KindInfo } from '../kinds.js';

/** Where OpenAPI v3 documents keep their schemas. */
export const COMPONENTS = '#/components/schemas/';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const OBJECT_META = `${META}.ObjectMeta`;
const LIST_META = `${META}.ListMeta`;
export const STATUS = `${META}.Status`;
export const DELETE_OPTIONS = `${META}.DeleteOptions`;
export const PATCH = `${META}.Patch`;

const text = (description: string): JsonObject => ({ description, type: 'string' });
const API_VERSION = text('The version of the schema of this object.');
const KIND = text('The kind of this object, in CamelCase.');

/** Schemas that every document has, beside those of its kinds. */
const COMMON: Readonly<Record<string, JsonObject>> = {
  [LIST_META]: {
    type: 'object',
    properties: {
      continue: { type: 'string' },
      remainingItemCount: { type: 'integer', format: 'int64' },
      resourceVersion: { type: 'string' },
      selfLink: { type: 'string' },
    },
  },
  [STATUS]: {
    type: 'object',
    description: 'What a call answers that answers no object.',
    properties: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { allOf: [{ $ref: COMPONENTS + LIST_META }] },
      status: text('Success or Failure.'),
      message: text('For people.'),
      reason: text('For programs: why, in one word.'),
      details: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      code: { type: 'integer', format: 'int32' },
    },
  },
  [DELETE_OPTIONS]: {
    type: 'object',
    properties: {
      apiVersion: API_VERSION,
      kind: KIND,
      dryRun: { type: 'array', items: { type: 'string' } },
      gracePeriodSeconds: { type: 'integer', format: 'int64' },
      orphanDependents: { type: 'boolean' },
      preconditions: {
        type: 'object',
        properties: { uid: { type: 'string' }, resourceVersion: { type: 'string' } },
      },
      propagationPolicy: text('Orphan, Background or Foreground.'),
    },
  },
  [PATCH]: { type: 'object', description: 'A patch, in the form that its content type says.' },
};

/** The name of a kind's schema: the group's parts in reverse, the version, the kind. */
export function schemaName(kind: KindInfo, builtin: BuiltinDefinitions): string {
  const known = kind.custom ? undefined : builtin.nameOf(kind.group, kind.kind);
  return known ?? [...kind.group.split('.').reverse(), kind.version, kind.kind].filter((part) => part !== '').join('.');
}

/** The schemas of one document: those of the kinds, their lists, and all that they refer to. */
export function componentSchemas(kinds: readonly KindInfo[], builtin: BuiltinDefinitions): JsonObject {
  const schemas = new Map<string, JsonObject>();
  const pending: JsonObject[] = [];
  const add = (name: string, schema: JsonObject): void => {
    if (schemas.has(name)) return;
    schemas.set(name, schema);
    pending.push(schema);
  };
  for (const kind of kinds) {
    const name = schemaName(kind, builtin);
    add(name, kindSchema(kind, builtin.schemas[name]));
    add(`${name}List`, listSchema(kind, name));
  }
  for (const name of [STATUS, DELETE_OPTIONS, PATCH]) add(name, COMMON[name] ?? {});
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop())
    for (const name of referencesOf(schema)) add(name, COMMON[name] ?? builtin.schemas[name] ?? { type: 'object' });
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function gvkOf(kind: KindInfo, name: string): JsonObject {
  return { group: kind.group, version: kind.version, kind: name };
}

function kindSchema(kind: KindInfo, builtin: JsonObject | undefined): JsonObject {
  const written = kind.document ?? builtin ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const properties = isJsonObject(written['properties']) ? written['properties'] : {};
  const shown: JsonObject = kind.custom
    ? {}
    : { description: `${kind.kind}: see https://kubernetes.io/docs/reference/kubernetes-api/` };
  return {
    ...shown,
    ...written,
    properties: {
      ...properties,
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: {
        description: "The object's name, labels, owners and so on.",
        allOf: [{ $ref: COMPONENTS + OBJECT_META }],
      },
    },
    'x-kubernetes-group-version-kind': [gvkOf(kind, kind.kind)],
  };
}

function listSchema(kind: KindInfo, name: string): JsonObject {
  return {
    description: `${kind.listKind} is a list of ${kind.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: API_VERSION,
      items: { type: 'array', items: { $ref: COMPONENTS + name } },
      kind: KIND,
      metadata: { allOf: [{ $ref: COMPONENTS + LIST_META }] },
    },
    'x-kubernetes-group-version-kind': [gvkOf(kind, kind.listKind)],
  };
}

function referencesOf(value: Json): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(referencesOf);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    if (key === '$ref' && typeof member === 'string') return [member.slice(COMPONENTS.length)];
    return referencesOf(member);
  });
}
