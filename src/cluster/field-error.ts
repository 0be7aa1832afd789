import type { Json, JsonObject } from '../api/json.js';

/** The `reason` of a cause in a Status body (apimachinery field.ErrorType). */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany';

/** One fault of an object, in the form of a cause of a 422 answer. `message` has no path: `Required value: why`. */
export interface FieldError extends JsonObject {
  readonly reason: FieldErrorType;
  readonly message: string;
  readonly field: string;
}

const detailed = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`);

/** The wording of apimachinery's field.Error.ErrorBody: strings are quoted as Go's %q, the rest is compact JSON. */
export function showValue(value: Json | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', message: detailed('Required value', detail), field };
}

export function invalid(field: string, value: Json | undefined, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', message: detailed(`Invalid value: ${showValue(value)}`, detail), field };
}

export function typeInvalid(field: string, value: Json | undefined, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', message: detailed(`Invalid value: ${showValue(value)}`, detail), field };
}

export function notSupported(field: string, value: Json | undefined, supported: readonly string[]): FieldError {
  const list = supported.map((name) => JSON.stringify(name)).join(', ');
  const detail = supported.length === 0 ? '' : `supported values: ${list}`;
  return {
    reason: 'FieldValueNotSupported',
    message: detailed(`Unsupported value: ${showValue(value)}`, detail),
    field,
  };
}

export function forbidden(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueForbidden', message: detailed('Forbidden', detail), field };
}

export function duplicate(field: string, value: Json | undefined): FieldError {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${showValue(value)}`, field };
}

export function notFound(field: string, value: Json | undefined): FieldError {
  return { reason: 'FieldValueNotFound', message: `Not found: ${showValue(value)}`, field };
}

/** Kubernetes 1.32 and later: `may not be more than N bytes` (the value is not repeated). */
export function tooLong(field: string, maxLength: number): FieldError {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${maxLength} bytes`, field };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  const items = max === 1 ? 'item' : 'items';
  return { reason: 'FieldValueTooMany', message: `Too many: ${actual}: must have at most ${max} ${items}`, field };
}

/** `path: message`, or `[a, b]` where there are several, as an aggregate error of the real server reads. */
export function joinFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
