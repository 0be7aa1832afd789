import type { JsonObject } from '../api/json.js';
import type { FieldError } from './field-error.js';

/**
 * What the API server asks of a resource's schema (a CRD version's openAPIV3Schema, or a built-in kind's table).
 * Everything is synchronous and changes nothing in place: values are returned, sharing what did not change, so that the
 * server can tell a no-op by identity.
 * `apiVersion`, `kind` and `metadata` at the root are the server's own business: a handler leaves them alone.
 */
export interface SchemaHandler {
  /** Removes fields that the schema does not know; tells their paths (`spec.steps[0].dependson`) in document order. */
  prune(value: JsonObject): Pruned;
  /** Defaults, for what is written and what is read. */
  applyDefaults(value: JsonObject): JsonObject;
  /** All faults. `old` on updates: transition rules, and ratcheting of what has not changed. */
  validate(value: JsonObject, old?: JsonObject): readonly FieldError[];
}

export interface Pruned {
  readonly value: JsonObject;
  readonly unknown: readonly string[];
}

export interface SchemaSource {
  /**
   * Compiles `spec.versions[i].schema.openAPIV3Schema`. Throws FieldErrorsError (paths below `path`) where the schema is
   * not structural or a rule does not compile.
   */
  compile(schema: JsonObject, path: string): SchemaHandler;
  /** The handler of a built-in kind; undefined: stored as sent (nothing pruned, defaulted or checked). */
  builtin(group: string, resource: string): SchemaHandler | undefined;
  /** What OpenAPI documents say of the built-in kinds; absent: nothing. */
  readonly definitions?: () => BuiltinDefinitions;
}

/** The structs of the built-in kinds as OpenAPI v3 component schemas. */
export interface BuiltinDefinitions {
  /** By name, e.g. `io.k8s.api.core.v1.PodSpec`. */
  readonly schemas: Readonly<Record<string, JsonObject>>;
  /** The name of a kind's schema. */
  nameOf(group: string, kind: string): string | undefined;
}

/** A schema that cannot be compiled; the server answers 422 for the CustomResourceDefinition. */
export class FieldErrorsError extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map((error) => `${error.field}: ${error.message}`).join('; '));
    this.name = 'FieldErrorsError';
    this.errors = errors;
  }
}

/** A handler that knows everything and forbids nothing. */
export const OPEN_SCHEMA: SchemaHandler = {
  prune: (value) => ({ value, unknown: [] }),
  applyDefaults: (value) => value,
  validate: () => [],
};
