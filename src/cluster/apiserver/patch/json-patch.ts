import type { Json, JsonArray, JsonObject } from '../../../api/json.js';
import { isJsonObject } from '../../../api/json.js';
import { jsonEqual, setMember } from '../json-values.js';

/** An operation that cannot be applied; the message says which and why. */
export class JsonPatchError extends Error {}

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[] | undefined;
  readonly value: Json | undefined;
}

/** JSON patch (RFC 6902): all operations or none. Throws JsonPatchError. */
export function applyJsonPatch(document: Json, patch: JsonArray): Json {
  return patch.map(readOperation).reduce(applyOperation, document);
}

function readOperation(value: Json, index: number): Operation {
  if (!isJsonObject(value)) throw new JsonPatchError(`operation ${index} is not an object`);
  const { op, path, from } = value;
  if (typeof op !== 'string') throw new JsonPatchError(`operation ${index} has no op`);
  if (typeof path !== 'string') throw new JsonPatchError(`operation ${index} has no path`);
  return {
    op,
    path: readPointer(path),
    from: typeof from === 'string' ? readPointer(from) : undefined,
    value: value['value'],
  };
}

function readPointer(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new JsonPatchError(`${pointer} is not a JSON pointer: it begins with no slash`);
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function applyOperation(document: Json, operation: Operation): Json {
  const { op, path, from } = operation;
  switch (op) {
    case 'add':
      return add(document, path, given(operation));
    case 'remove':
      return remove(document, path);
    case 'replace':
      lookUp(document, path);
      return path.length === 0 ? given(operation) : set(document, path, given(operation));
    case 'test': {
      const found = tryLookUp(document, path) ?? null;
      if (!jsonEqual(found, operation.value ?? null)) throw new JsonPatchError(`testing value ${show(path)} failed`);
      return document;
    }
    case 'copy':
    case 'move': {
      if (from === undefined) throw new JsonPatchError(`${op} needs from`);
      const value = lookUp(document, from);
      return add(op === 'move' ? remove(document, from) : document, path, value);
    }
    default:
      throw new JsonPatchError(`unknown operation ${op}`);
  }
}

function given(operation: Operation): Json {
  if (operation.value === undefined) throw new JsonPatchError(`${operation.op} ${show(operation.path)} needs a value`);
  return operation.value;
}

function tryLookUp(document: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const part of path) {
    if (Array.isArray(value)) value = (value as JsonArray)[indexIn(value, part)];
    else if (isJsonObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

function lookUp(document: Json, path: readonly string[]): Json {
  const value = tryLookUp(document, path);
  if (value === undefined) throw new JsonPatchError(`${show(path)} does not exist`);
  return value;
}

function add(document: Json, path: readonly string[], value: Json): Json {
  if (path.length === 0) return value;
  return change(document, path, (parent, last) => {
    if (isJsonObject(parent)) return withOwn(parent, last, value);
    const index = last === '-' ? parent.length : indexIn(parent, last, parent.length);
    return [...parent.slice(0, index), value, ...parent.slice(index)];
  });
}

function set(document: Json, path: readonly string[], value: Json): Json {
  return change(document, path, (parent, last) =>
    isJsonObject(parent) ? withOwn(parent, last, value) : parent.with(indexIn(parent, last), value),
  );
}

function remove(document: Json, path: readonly string[]): Json {
  lookUp(document, path);
  return change(document, path, (parent, last) => {
    if (isJsonObject(parent)) return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== last));
    return parent.toSpliced(indexIn(parent, last), 1);
  });
}

/** Replaces the container that holds the last part of the path, and with it every container above. */
function change(
  document: Json,
  path: readonly string[],
  edit: (parent: JsonObject | JsonArray, last: string) => Json,
): Json {
  const [first, ...rest] = path;
  if (first === undefined) throw new JsonPatchError('the whole document cannot be removed');
  if (!isContainer(document)) throw new JsonPatchError(`the parent of ${show(path)} is no object or list`);
  if (rest.length === 0) return edit(document, first);
  const child = tryLookUp(document, [first]);
  if (child === undefined) throw new JsonPatchError(`${first} does not exist`);
  const changed = change(child, rest, edit);
  return isJsonObject(document) ? withOwn(document, first, changed) : document.with(indexIn(document, first), changed);
}

function isContainer(value: Json): value is JsonObject | JsonArray {
  return typeof value === 'object' && value !== null;
}

function withOwn(object: JsonObject, key: string, value: Json): JsonObject {
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(object)) if (member !== undefined) setMember(copy, name, member);
  setMember(copy, key, value);
  return copy;
}

function indexIn(list: readonly unknown[], part: string, max = list.length - 1): number {
  const index = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : NaN;
  if (!(index <= max)) throw new JsonPatchError(`${part} is no index of a list of ${list.length}`);
  return index;
}

function show(path: readonly string[]): string {
  return path.map((part) => `/${part}`).join('');
}
