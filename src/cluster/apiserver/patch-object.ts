import type { Json, JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { invalid } from '../field-error.js';
import { StatusError } from '../status-error.js';
import type { SentBody } from './decode-object.js';
import { decodeObject, mediaType, parseJson, treatFaults } from './decode-object.js';
import { duplicateFields } from './duplicate-fields.js';
import { badRequestError, invalidError, notFoundError, unsupportedMediaTypeError } from './errors.js';
import type { KindInfo } from './kinds.js';
import { applyJsonPatch, JsonPatchError } from './patch/json-patch.js';
import { applyMergePatch } from './patch/merge-patch.js';
import { applyStrategicMergePatch } from './patch/strategic-merge-patch.js';
import type { ServerState, Target, WriteRequest } from './state.js';
import { find } from './state.js';
import { changeObject, checkAddress } from './update.js';
import { toVersion } from './versions.js';

export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: JsonObject; readonly faults: readonly string[] }
  | { readonly type: 'json'; readonly body: readonly Json[]; readonly faults: readonly string[] };

const TYPES = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
} as const;

/** Reads a patch's body by its media type. Throws 415 for what is not done (server-side apply), 400 for bad JSON. */
export function readPatch(text: string, contentType: string, kind: KindInfo): Patch {
  const media = mediaType(contentType);
  const type = Object.entries(TYPES).find(([name]) => name === media)?.[1];
  if (type === undefined || (type === 'strategic' && kind.custom))
    throw unsupportedMediaTypeError(Object.keys(TYPES).filter((name) => !kind.custom || !name.includes('strategic')));
  const faults = duplicates(text);
  return patchOf(type, decodePatch(text), faults);
}

export function patchOf(type: Patch['type'], body: Json, faults: readonly string[] = []): Patch {
  if (type === 'json') {
    if (Array.isArray(body)) return { type, body, faults };
    const why = `json: cannot unmarshal ${typeof body} into Go value of type []handlers.jsonPatchOp`;
    throw badRequestError(`error decoding patch: ${why}`);
  }
  if (isJsonObject(body)) return { type, body, faults };
  const name = Array.isArray(body) ? 'array' : typeof body;
  throw badRequestError(
    `error decoding patch: json: cannot unmarshal ${name} into Go value of type map[string]interface {}`,
  );
}

function decodePatch(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequestError(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function duplicates(text: string): readonly string[] {
  return duplicateFields(text).map((path) => `duplicate field "${path}"`);
}

/** PATCH, of the object or of its status. Throws StatusError. */
export function patchObject(
  state: ServerState,
  target: Target,
  change: { readonly patch: Patch; readonly request: WriteRequest },
): ApiObject {
  const { kind, name } = target;
  const { patch, request } = change;
  const current = find(state, target);
  if (current === undefined) throw notFoundError(kind, name);
  const patched = applyPatch(toVersion(current, kind), patch);
  const sent: SentBody = { value: patched, faults: patch.faults };
  const decoded = decodeObject(sent, kind);
  treatFaults(decoded.faults, {
    fieldValidation: request.fieldValidation,
    warn: request.warn,
    refuse: (why) => invalidError({ group: '', kind: '' }, '', [invalid('patch', JSON.stringify(patched), why)]),
  });
  checkAddress(decoded.object, target);
  return changeObject(state, target, { current, object: decoded.object, request });
}

function applyPatch(current: ApiObject, patch: Patch): JsonObject {
  switch (patch.type) {
    case 'merge':
      return applyMergePatch(current, patch.body);
    case 'strategic':
      return applyStrategicMergePatch(current, patch.body);
    case 'json':
      return applyOperations(current, patch.body);
  }
}

function applyOperations(current: ApiObject, operations: readonly Json[]): JsonObject {
  try {
    const patched = applyJsonPatch(current, operations);
    if (isJsonObject(patched)) return patched;
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
  }
  // The real server keeps the reason to itself.
  throw new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
}
