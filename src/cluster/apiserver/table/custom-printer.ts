import type { Instant } from '../../../api/instant.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import { AGE, ageOf, type Column, NAME, plainText, type Printer, since } from './printer.js';

const TYPES = ['string', 'integer', 'number', 'boolean', 'date'] as const;

/** How a custom resource is shown: by the additionalPrinterColumns of its definition; without any, by its age. */
export function customPrinter(columns: readonly JsonObject[]): Printer {
  if (columns.length === 0)
    return { columns: [NAME, AGE], cells: (object, now) => [object.metadata.name, ageOf(object, now)] };
  const read = columns.map(readColumn);
  return {
    columns: [NAME, ...read.map(({ column }) => column)],
    cells: (object, now) => [
      object.metadata.name,
      ...read.map(({ column, path }) => cellOf(valuesAt(object, path), column.type, now)),
    ],
  };
}

interface CustomColumn {
  readonly column: Column;
  readonly path: readonly Step[];
}

function readColumn(written: JsonObject): CustomColumn {
  const text = (name: string): string => (typeof written[name] === 'string' ? written[name] : '');
  const path = text('jsonPath');
  return {
    column: {
      name: text('name'),
      type: TYPES.find((type) => type === written['type']) ?? 'string',
      format: text('format'),
      description: text('description') || `Custom resource definition column (in JSONPath format): ${path}`,
      priority: typeof written['priority'] === 'number' ? written['priority'] : 0,
    },
    path: parsePath(path),
  };
}

/** One step of a JSONPath: a member, an index, all items, or the items where a member has a value. */
type Step =
  | { readonly type: 'member'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'all' }
  | { readonly type: 'where'; readonly path: readonly string[]; readonly value: string };

/** `.a.b`, `['a']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`: what printer columns are made of. */
const STEP = /\.?([^.[\]]+)|\['([^']*)'\]|\[(-?\d+)\]|\[(\*)\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]/gy;

function parsePath(text: string): readonly Step[] {
  return [...text.matchAll(STEP)].map(([, plain, quoted, index, all, where, value = '']): Step => {
    if (index !== undefined) return { type: 'index', index: Number(index) };
    if (all !== undefined || plain === '*') return { type: 'all' };
    if (where !== undefined) return { type: 'where', path: where.split('.'), value };
    return { type: 'member', name: (plain ?? quoted ?? '').replaceAll('\\', '') };
  });
}

function valuesAt(object: JsonObject, path: readonly Step[]): readonly Json[] {
  return path.reduce<readonly Json[]>((values, step) => values.flatMap((value) => stepInto(value, step)), [object]);
}

function stepInto(value: Json, step: Step): readonly Json[] {
  switch (step.type) {
    case 'member': {
      const member = isJsonObject(value) ? value[step.name] : undefined;
      return member === undefined ? [] : [member];
    }
    case 'index': {
      const item = isJsonArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'all':
      if (isJsonArray(value)) return value;
      return isJsonObject(value) ? Object.values(value).filter((each) => each !== undefined) : [];
    case 'where':
      return isJsonArray(value) ? value.filter((item) => memberText(item, step.path) === step.value) : [];
  }
}

function memberText(item: Json, path: readonly string[]): string | undefined {
  const value = path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), item);
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** apiextensions-apiserver pkg/registry/customresource/tableconvertor: what has not the type of its column is left out. */
function cellOf(values: readonly Json[], type: Column['type'], now: Instant): Json {
  const [first] = values;
  if (first === undefined || first === null) return null;
  switch (type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null;
    case 'number':
      return typeof first === 'number' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return typeof first === 'string' ? since(first, now) : null;
    case 'string':
      return values.map(plainText).join(' ');
  }
}
