import { parse as parseYaml } from 'yaml';
import type { Json, JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { DecodeError, decodeMeta } from './decode-meta.js';
import { duplicateFields } from './duplicate-fields.js';
import { badRequestError, cannotHandleError, unsupportedMediaTypeError } from './errors.js';
import { asApiObject, copyJson } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { apiVersionOf } from './kinds.js';
import { PROTOBUF } from './protobuf/protobuf-body.js';
import type { FieldValidation } from './query.js';

/** As the real server tells them, also of custom resources, which it cannot read in protobuf either. */
const BODY_TYPES = ['application/json', 'application/yaml', PROTOBUF];

/** What was sent, as JSON, and what its text says that JSON cannot hold. */
export interface SentBody {
  readonly value: JsonObject;
  /** `duplicate field "spec.steps"`. */
  readonly faults: readonly string[];
}

/** A body that came as an object of this process: no text, so nothing in it can be double. */
export function bodyOf(value: unknown): SentBody {
  const copy = copyJson(value);
  return { value: isJsonObject(copy) ? copy : {}, faults: [] };
}

/** Reads a create's or update's body. Throws 415, or 400 where it is no object. */
export function readBody(text: string, contentType: string, kind: KindInfo): SentBody {
  const type = mediaType(contentType);
  if (type === 'application/yaml') return { value: requireObject(readYaml(text, kind), text, kind), faults: [] };
  if (type !== 'application/json' && type !== '') throw unsupportedMediaTypeError(BODY_TYPES);
  const value = requireObject(readJson(text, kind), text, kind);
  return { value, faults: duplicateFields(text).map((path) => `duplicate field "${path}"`) };
}

export function mediaType(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

function readJson(text: string, kind: KindInfo): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw unrecognized(`couldn't get version/kind; json parse error: ${message(error)}`, text, kind);
  }
}

function readYaml(text: string, kind: KindInfo): Json {
  try {
    return copyJson(parseYaml(text, { merge: true }));
  } catch (error) {
    throw unrecognized(`couldn't get version/kind; yaml parse error: ${message(error)}`, text, kind);
  }
}

/** V8 tells the position at which it could not go on; the end of the text means that the text was cut. */
function isTruncated(error: unknown, text: string): boolean {
  if (!(error instanceof SyntaxError)) return false;
  const position = /at position (\d+)/.exec(error.message)?.[1];
  return position === undefined ? error.message.startsWith('Unexpected end') : Number(position) >= text.length;
}

/** Parses JSON. Throws an Error in Go's words for the usual case, a text that was cut, and in V8's for the rest. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(isTruncated(error, text) ? 'unexpected end of JSON input' : message(error), { cause: error });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Go reads null as an empty object. */
function requireObject(value: Json, text: string, kind: KindInfo): JsonObject {
  if (value === null) return {};
  if (isJsonObject(value)) return value;
  throw unrecognized("couldn't get version/kind; json parse error: the body is not a JSON object", text, kind);
}

function unrecognized(why: string, text: string, kind: KindInfo): Error {
  return badRequestError(
    `the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${excerpt(text)})`,
  );
}

function excerpt(text: string): string {
  if (text === '') return '<empty>';
  return text.length <= 30 ? text : `${text.slice(0, 30)} ...`;
}

export interface DecodedObject {
  readonly object: ApiObject;
  /** `unknown field "spec.foo"`, `duplicate field …`: refused if strict, else a warning. */
  readonly faults: readonly string[];
}

/**
 * Makes an object of the kind from what was sent: its type is checked, its metadata read, unknown fields removed,
 * defaults filled in. Throws 400.
 */
export function decodeObject(sent: SentBody, kind: KindInfo): DecodedObject {
  checkType(sent.value, kind);
  const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = sent.value;
  // A custom object of the wrong kind is refused by validation, with everything else that is wrong with it.
  const sentKind = kind.custom && typeof sent.value['kind'] === 'string' ? sent.value['kind'] : kind.kind;
  const meta = readMeta(sent.value, kind);
  const head = { kind: sentKind, apiVersion: apiVersionOf(kind), metadata: meta.metadata };
  const pruned = kind.schema.prune({ ...head, ...rest });
  const unknown = [...meta.unknown, ...pruned.unknown].map((path) => `unknown field "${path}"`);
  return { object: asApiObject(kind.schema.applyDefaults(pruned.value)), faults: [...sent.faults, ...unknown] };
}

function readMeta(value: JsonObject, kind: KindInfo) {
  try {
    return decodeMeta(value['metadata'], kind.custom);
  } catch (error) {
    if (error instanceof DecodeError) throw cannotHandleError(kind, kind, error.message);
    throw error;
  }
}

function checkType(value: JsonObject, kind: KindInfo): void {
  const sentKind = typeof value['kind'] === 'string' ? value['kind'] : '';
  const sentVersion = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
  if (kind.custom) {
    if (sentKind === '') {
      const text = JSON.stringify(value);
      const why = `Object 'Kind' is missing in '${text}' (${excerpt(text)})`;
      throw badRequestError(`the object provided is unrecognized (must be of type ${kind.kind}): ${why}`);
    }
    if (sentVersion !== apiVersionOf(kind)) {
      const why = `the API version in the data (${sentVersion}) does not match the expected API version (${apiVersionOf(kind)})`;
      throw badRequestError(why);
    }
    return;
  }
  if (sentVersion !== '' && sentVersion !== apiVersionOf(kind)) {
    const version = sentVersion.split('/').at(-1) ?? '';
    const why = `no kind "${sentKind}" is registered for version "${sentVersion}"`;
    throw cannotHandleError({ kind: sentKind, version }, kind, why);
  }
  if (sentKind !== '' && sentKind !== kind.kind) {
    const internal = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
    const why = `converting (${kind.version}.${sentKind}) to (${internal}.${kind.kind}): unknown conversion`;
    throw cannotHandleError({ kind: sentKind, version: kind.version }, kind, why);
  }
}

/** Refuses or warns about faults, as the request asks. */
export function treatFaults(
  faults: readonly string[],
  how: {
    readonly fieldValidation: FieldValidation;
    readonly refuse: (why: string) => Error;
    readonly warn: (text: string) => void;
  },
): void {
  if (faults.length === 0 || how.fieldValidation === 'Ignore') return;
  if (how.fieldValidation === 'Strict') throw how.refuse(`strict decoding error: ${faults.join(', ')}`);
  for (const fault of faults) how.warn(fault);
}
