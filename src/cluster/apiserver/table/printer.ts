import { type Instant, parseInstant } from '../../../api/instant.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import type { ApiObject } from '../../api-object.js';
import { valueAt } from '../kinds.js';
import { humanDuration } from './human-duration.js';

/** A column of a table, as meta.k8s.io/v1 describes it. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0: always; 1: with `-o wide`. */
  readonly priority: number;
}

/** How the objects of one kind are shown in a table. */
export interface Printer {
  readonly columns: readonly Column[];
  /** The cells of a row, one for each column. */
  readonly cells: (object: ApiObject, now: Instant) => readonly Json[];
  /** What else is to be known of a row: that its object is over. */
  readonly conditions?: (object: ApiObject) => readonly JsonObject[];
}

/** A column of text; `wide` ones are shown with `-o wide` only. */
export function column(name: string, description: string, { wide = false }: { readonly wide?: boolean } = {}): Column {
  return { name, type: 'string', format: '', description, priority: wide ? 1 : 0 };
}

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique in its namespace.',
  priority: 0,
};
export const AGE = column('Age', 'How long ago the object was created.');
export const CREATED_AT: Column = {
  name: 'Created At',
  type: 'date',
  format: '',
  description: 'When the object was created.',
  priority: 0,
};

/** What stands where there is nothing. */
export const NONE = '<none>';

/** How long ago an instant in RFC 3339 was. */
export function since(value: Json | undefined, now: Instant): string {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant === null ? '<unknown>' : humanDuration(now - instant);
}

export function ageOf(object: ApiObject, now: Instant): string {
  return since(object.metadata.creationTimestamp, now);
}

/** The text at a path of plain members; `otherwise` where there is none. */
export function textAt(object: JsonObject, path: string, otherwise = ''): string {
  const value = valueAt(object, path.split('.'));
  if (typeof value === 'string') return value === '' ? otherwise : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise;
}

/** A value as it stands in a cell. */
export function plainText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function numberAt(object: JsonObject, path: string): number {
  const value = valueAt(object, path.split('.'));
  return typeof value === 'number' ? value : 0;
}

export function objectsAt(object: JsonObject, path: string): readonly JsonObject[] {
  const value = valueAt(object, path.split('.'));
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}

export function objectAt(object: JsonObject, path: string): JsonObject | undefined {
  const value = valueAt(object, path.split('.'));
  return isJsonObject(value) ? value : undefined;
}

/** The condition of a type, where it is True. */
export function isTrue(object: JsonObject, type: string): boolean {
  return objectsAt(object, 'status.conditions').some((each) => each['type'] === type && each['status'] === 'True');
}
