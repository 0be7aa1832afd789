import type { ApiObject } from '../api-object.js';
import type { FieldError } from '../field-error.js';
import { invalid } from '../field-error.js';
import { FieldErrorsError } from '../schema-port.js';
import { invalidError } from './errors.js';
import type { KindInfo } from './kinds.js';
import { storageKey } from './kinds.js';
import type { ServerState } from './state.js';
import { validateMeta, validateMetaUpdate } from './validate-meta.js';

/** Everything that is wrong with a new object: type, metadata, schema. */
export function validateNew(state: ServerState, kind: KindInfo, object: ApiObject): readonly FieldError[] {
  return [
    ...typeErrors(kind, object),
    ...validateMeta(object.metadata, kind),
    ...kind.schema.validate(object),
    ...definitionErrors(state, kind, object),
  ];
}

export function validateChanged(
  state: ServerState,
  kind: KindInfo,
  change: { readonly object: ApiObject; readonly old: ApiObject },
): readonly FieldError[] {
  const { object, old } = change;
  const meta = validateMetaUpdate(object.metadata, old.metadata, kind);
  return [
    ...typeErrors(kind, object),
    ...meta,
    // The real server checks a custom resource's metadata twice, and tells each cause twice.
    ...(kind.custom ? meta : []),
    ...kind.schema.validate(object, old),
    ...definitionErrors(state, kind, object),
  ];
}

export function refuseInvalid(object: ApiObject, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
  throw invalidError({ group, kind: object.kind }, object.metadata.name, errors);
}

/** A custom object's kind is checked here, with everything else; the rest was checked when it was decoded. */
function typeErrors(kind: KindInfo, object: ApiObject): readonly FieldError[] {
  return object.kind === kind.kind ? [] : [invalid('kind', object.kind, `must be ${kind.kind}`)];
}

/** A definition must also make kinds that can be served. */
function definitionErrors(state: ServerState, kind: KindInfo, object: ApiObject): readonly FieldError[] {
  if (storageKey(kind) !== state.customKinds.resource) return [];
  try {
    state.customKinds.kindsOf(object);
    return [];
  } catch (error) {
    if (error instanceof FieldErrorsError) return error.errors;
    throw error;
  }
}
