import { formatSeconds } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { DecodedObject, SentBody } from './decode-object.js';
import { decodeObject, treatFaults } from './decode-object.js';
import { alreadyExistsError, badRequestError, cannotHandleError, plainServerError } from './errors.js';
import { asApiMeta, withMeta, without } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { objectKey, storageKey } from './kinds.js';
import { requireActiveNamespace } from './namespace-lifecycle.js';
import type { ServerState, WriteRequest } from './state.js';
import { admissionContext } from './state.js';
import { prepareForCreate } from './strategies.js';
import { toStorageVersion } from './versions.js';
import { refuseInvalid, validateNew } from './validate-object.js';

/** A generated name is tried this often with other ends (apiserver maxNameGenerationCreateAttempts). */
const NAME_ATTEMPTS = 8;
/** So that prefix and end fit a label (apiserver names.maxGeneratedNameLength). */
const MAX_PREFIX = 58;

/** Where an object is to be created. */
export interface Place {
  readonly kind: KindInfo;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
}

/** POST. Answers the stored object, or what would have been stored. Throws StatusError. */
export function createObject(
  state: ServerState,
  place: Place,
  create: { readonly sent: SentBody; readonly request: WriteRequest },
): ApiObject {
  return createDecoded(state, place, { decoded: decodeObject(create.sent, place.kind), request: create.request });
}

export function createDecoded(
  state: ServerState,
  place: Place,
  create: { readonly decoded: DecodedObject; readonly request: WriteRequest },
): ApiObject {
  const { kind, namespace } = place;
  const { decoded, request } = create;
  treatFaults(decoded.faults, {
    fieldValidation: request.fieldValidation,
    warn: request.warn,
    refuse: (why) => cannotHandleError(kind, kind, why),
  });
  const sentNamespace = decoded.object.metadata.namespace ?? namespace;
  if (sentNamespace !== namespace)
    throw badRequestError('the namespace of the provided object does not match the namespace sent on the request');
  if (kind.namespaced) requireActiveNamespace(state, place, nameOf(decoded.object));
  for (let attempt = 1; ; attempt += 1) {
    const object = named(state, decoded.object, place);
    const stored = storeNew(state, place, { object, request });
    if (stored !== undefined) return stored;
    if (nameOf(decoded.object) !== '' || attempt === NAME_ATTEMPTS)
      throw alreadyExistsError(kind, object.metadata.name);
  }
}

function nameOf(object: ApiObject): string {
  return typeof object.metadata['name'] === 'string' ? object.metadata.name : '';
}

/** The object with all of its metadata but resourceVersion; the uid too, since a Job's selector names it. */
function named(state: ServerState, object: ApiObject, place: Place): ApiObject {
  const { deletionTimestamp: _time, deletionGracePeriodSeconds: _grace, ...sent } = object.metadata;
  const prefix = sent.generateName;
  const given = nameOf(object);
  const name = given === '' && prefix !== undefined ? `${prefix.slice(0, MAX_PREFIX)}${state.ids.suffix()}` : given;
  const fixed: JsonObject = {
    name,
    ...(prefix === undefined ? {} : { generateName: prefix }),
    ...(place.namespace === '' ? {} : { namespace: place.namespace }),
    uid: state.ids.uid(),
    ...(place.kind.generation === 'none' ? {} : { generation: 1 }),
    creationTimestamp: formatSeconds(state.clock.now()),
  };
  const free: JsonObject = sent;
  // First for the order of a real answer's members, last because the sender does not decide them.
  const metadata = asApiMeta({ ...fixed, resourceVersion: '', ...free, ...fixed });
  return prepareForCreate(place.kind, withMeta(object, metadata), state.clock.now());
}

/** Undefined where the name is taken. */
function storeNew(
  state: ServerState,
  place: Place,
  create: { readonly object: ApiObject; readonly request: WriteRequest },
): ApiObject | undefined {
  const { kind, namespace } = place;
  const { name } = create.object.metadata;
  const target = { kind, namespace, name, subresource: '' };
  const key = objectKey(namespace, name);
  const taken = state.store.get(storageKey(kind), key) !== undefined;
  // Quota answers before the name is looked up, as in the real server; but what is not created is not charged.
  const request = taken ? { ...create.request, dryRun: true } : create.request;
  const context = admissionContext(state, target, { operation: 'CREATE', request });
  const object = state.admission.mutate(create.object, undefined, context);
  refuseInvalid(object, validateNew(state, kind, object));
  if (object.metadata.resourceVersion !== '')
    throw plainServerError('resourceVersion should not be set on objects to be created');
  state.admission.validate(object, undefined, context);
  if (taken) return undefined;
  const identified = toStorageVersion(object, kind);
  if (create.request.dryRun) return withMeta(identified, asApiMeta(without(identified.metadata, 'resourceVersion')));
  return state.store.put(storageKey(kind), key, identified);
}
