import type { Json, JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { setMember } from './json-values.js';

/** Metadata as the server understood it. What is empty is absent, as in a Go struct that went through JSON. */
export interface DecodedMeta {
  readonly metadata: JsonObject;
  /** Paths below the object (`metadata.foo`). */
  readonly unknown: readonly string[];
}

/** A value of the wrong type; the message is that of Go's JSON decoder. */
export class DecodeError extends Error {}

type Reader = (value: Json, path: string) => Json | undefined;

const goName = (value: Json): string => {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

function mistyped(value: Json, path: string, type: string): DecodeError {
  return new DecodeError(
    `json: cannot unmarshal ${goName(value)} into Go struct field ObjectMeta.${path} of type ${type}`,
  );
}

const readText: Reader = (value, path) => {
  if (typeof value !== 'string') throw mistyped(value, path, 'string');
  return value === '' ? undefined : value;
};

const readInteger: Reader = (value, path) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw mistyped(value, path, 'int64');
  return value;
};

const readTime: Reader = (value, path) => {
  if (typeof value !== 'string') throw mistyped(value, path, 'string');
  const instant = Date.parse(value);
  if (Number.isNaN(instant))
    throw new DecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
};

const readTexts: Reader = (value, path) => {
  if (!Array.isArray(value)) throw mistyped(value, path, '[]string');
  for (const item of value as readonly Json[]) if (typeof item !== 'string') throw mistyped(item, path, 'string');
  return value.length === 0 ? undefined : value;
};

const readTextMap: Reader = (value, path) => {
  if (!isJsonObject(value)) throw mistyped(value, path, 'map[string]string');
  const map: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (member !== null && typeof member !== 'string') throw mistyped(member, path, 'string');
    setMember(map, key, member ?? '');
  }
  return Object.keys(map).length === 0 ? undefined : map;
};

const OWNER_FIELDS: Readonly<Record<string, 'string' | 'boolean'>> = {
  apiVersion: 'string',
  kind: 'string',
  name: 'string',
  uid: 'string',
  controller: 'boolean',
  blockOwnerDeletion: 'boolean',
};

const readOwners: Reader = (value, path) => {
  if (!Array.isArray(value)) throw mistyped(value, path, '[]v1.OwnerReference');
  if (value.length === 0) return undefined;
  return (value as readonly Json[]).map((owner) => {
    if (!isJsonObject(owner)) throw mistyped(owner, path, 'v1.OwnerReference');
    const read: Record<string, Json> = { apiVersion: '', kind: '', name: '', uid: '' };
    for (const [name, type] of Object.entries(OWNER_FIELDS)) {
      const member = owner[name];
      if (member === undefined || member === null) continue;
      if (typeof member !== type) throw mistyped(member, `${path}.${name}`, type === 'string' ? 'string' : 'bool');
      read[name] = member;
    }
    return read;
  });
};

/** Not kept: nobody applies on the server's side here. */
const dropped: Reader = () => undefined;

const FIELDS: Readonly<Record<string, Reader>> = {
  name: readText,
  generateName: readText,
  namespace: readText,
  selfLink: dropped,
  uid: readText,
  resourceVersion: readText,
  generation: readInteger,
  creationTimestamp: readTime,
  deletionTimestamp: readTime,
  deletionGracePeriodSeconds: readInteger,
  labels: readTextMap,
  annotations: readTextMap,
  ownerReferences: readOwners,
  finalizers: readTexts,
  managedFields: dropped,
};

/** Reads `metadata` of a sent object. Throws DecodeError, which names fields as the decoder of custom kinds or built-ins does. */
export function decodeMeta(value: Json | undefined, custom: boolean): DecodedMeta {
  if (value === undefined || value === null) return { metadata: {}, unknown: [] };
  if (!isJsonObject(value))
    throw new DecodeError(
      `json: cannot unmarshal ${goName(value)} into Go struct field .metadata of type v1.ObjectMeta`,
    );
  const prefix = custom ? '' : 'metadata.';
  const metadata: Record<string, Json> = {};
  for (const [name, read] of Object.entries(FIELDS)) {
    const member = value[name];
    if (member === undefined || member === null) continue;
    const understood = read(member, `${prefix}${name}`);
    if (understood !== undefined) metadata[name] = understood;
  }
  const unknown = [
    ...Object.keys(value)
      .filter((name) => !Object.hasOwn(FIELDS, name))
      .map((name) => `metadata.${name}`),
    ...unknownInOwners(value['ownerReferences']),
  ];
  return { metadata, unknown };
}

function unknownInOwners(owners: Json | undefined): readonly string[] {
  if (!Array.isArray(owners)) return [];
  return (owners as readonly Json[]).flatMap((owner, index) =>
    isJsonObject(owner)
      ? Object.keys(owner)
          .filter((name) => !Object.hasOwn(OWNER_FIELDS, name))
          .map((name) => `metadata.ownerReferences[${index}].${name}`)
      : [],
  );
}
