import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { isJsonArray, isJsonObject, type Json } from '../../api/json.js';
import type { FieldPath } from '../field-path.js';
import { tooDeepAt } from './too-deep.js';

/** A place in a text; both count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

export interface YamlFault extends SourcePosition {
  readonly message: string;
}

/** One document of a YAML text: what it says, and where it says it. */
export interface YamlDocument {
  /** Null for an empty document, and where it has faults. */
  readonly value: Json;
  /** Faults of the syntax; such a document has no value. */
  readonly faults: readonly YamlFault[];
  /**
   * Where a field stands: its key, or its value, where the value is a list or an object, of which the key says more.
   * Of a field that is not there: its nearest ancestor.
   */
  positionOf(path: FieldPath, target?: 'key' | 'value'): SourcePosition;
}

/** Reads the documents of a YAML text (or JSON, which is YAML). Never throws. */
export function readYaml(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const deep = tooDeepAt(text);
  if (deep !== null) return [faulty({ ...positionIn(text, deep), message: 'is nested too deeply' })];
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    return 'empty' in documents ? [] : documents.map((document) => readDocument(document, lines));
  } catch (error) {
    // The composer recurses; nothing else makes it throw.
    return [
      faulty({ line: 1, column: 1, message: error instanceof RangeError ? 'is nested too deeply' : String(error) }),
    ];
  }
}

function readDocument(document: Document, lines: LineCounter): YamlDocument {
  const start = positionAt(document.range?.[0] ?? 0, lines);
  const faults = document.errors.map(({ message, pos }) => ({ ...positionAt(pos[0], lines), message }));
  const value = faults.length > 0 ? null : valueOf(document);
  if (value instanceof Error) return faulty({ ...start, message: value.message });
  return {
    value,
    faults,
    positionOf: (path, target = 'value') => {
      const offset = offsetOf(document, path, target);
      return offset === null ? start : positionAt(offset, lines);
    },
  };
}

function faulty(fault: YamlFault): YamlDocument {
  const { line, column } = fault;
  return { value: null, faults: [fault], positionOf: () => ({ line, column }) };
}

/** The value of a document, or why it has none (an alias bomb, a reference to nothing). */
function valueOf(document: Document): Json | Error {
  try {
    return toJson(document.toJS());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** YAML knows more than JSON: what JSON cannot say becomes text, so that it is a fault where a number is wanted. */
function toJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (isJsonArray(value)) return value.map(toJson);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
  return typeof value === 'bigint' ? value.toString() : null;
}

function positionIn(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function positionAt(offset: number, lines: LineCounter): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Offset of the deepest part of a path that is there. */
function offsetOf(document: Document, path: FieldPath, target: 'key' | 'value'): number | null {
  let node: Node | null = document.contents;
  let place = { key: null as number | null, value: startOf(node) };
  let complete = true;
  for (const step of path) {
    const found = childOf(document, node, step);
    if (found === null) {
      complete = false;
      break;
    }
    node = resolve(document, found.value);
    place = { key: startOf(found.key), value: startOf(found.value) ?? startOf(found.key) };
  }
  const wantsValue = complete && target === 'value' && isScalar(node);
  return (wantsValue ? place.value : (place.key ?? place.value)) ?? null;
}

interface Child {
  readonly key: unknown;
  readonly value: unknown;
}

function childOf(document: Document, node: Node | null, step: string | number): Child | null {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? null : { key: null, value: item };
  }
  if (!isMap(node)) return null;
  const own = node.items.find((pair) => keyOf(pair) === String(step));
  return own ?? mergedChildOf(document, node, step);
}

/** A member that a map has by a merge key (`<<: *anchor`) stands where the anchor is. */
function mergedChildOf(document: Document, map: YAMLMap, step: string | number): Child | null {
  for (const pair of map.items) {
    if (keyOf(pair) !== '<<') continue;
    const source = resolve(document, pair.value);
    const maps = isSeq(source) ? source.items : [source];
    for (const each of maps) {
      const found = childOf(document, resolve(document, each), step);
      if (found !== null) return found;
    }
  }
  return null;
}

function keyOf(pair: Pair): string | null {
  if (!isScalar(pair.key)) return null;
  const { value } = pair.key;
  // The library has a symbol for the merge key.
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}

function resolve(document: Document, value: unknown): Node | null {
  if (!isNode(value)) return null;
  return isAlias(value) ? (value.resolve(document) ?? null) : value;
}

function startOf(value: unknown): number | null {
  return isNode(value) ? (value.range?.[0] ?? null) : null;
}
