import type { Instant } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { completeDefinition } from './definition-status.js';
import { asApiObject, withMember, without } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { storageKey } from './kinds.js';

/** What single kinds do on the way in, beyond their schema (pkg/registry: PrepareForCreate and PrepareForUpdate). */
interface Strategy {
  prepareForCreate?(object: ApiObject, now: Instant): ApiObject;
  /** After status and metadata have been settled by the generic rules. */
  prepareForUpdate?(object: ApiObject, old: ApiObject, subresource: string): ApiObject;
}

const specOf = (object: JsonObject): JsonObject => (isJsonObject(object['spec']) ? object['spec'] : {});

/** The content of a namespace goes before it does: the namespace controller takes this off by PUT …/finalize. */
const NAMESPACE_FINALIZER = 'kubernetes';

const namespaces: Strategy = {
  prepareForCreate: (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    spec: { ...specOf(object), finalizers: [NAMESPACE_FINALIZER] },
    status: { phase: 'Active' },
  }),
  prepareForUpdate: (object, old, subresource) => {
    if (subresource === 'status') return object;
    const source = subresource === 'finalize' ? object : old;
    const finalizers = specOf(source)['finalizers'];
    const spec = withMember(subresource === 'finalize' ? specOf(old) : specOf(object), 'finalizers', finalizers);
    return subresource === 'finalize' ? { ...old, spec } : { ...object, spec };
  },
};

const pods: Strategy = {
  prepareForCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
};

const persistentVolumeClaims: Strategy = {
  prepareForCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
};

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  '/namespaces': namespaces,
  '/pods': pods,
  '/persistentvolumeclaims': persistentVolumeClaims,
  'apiextensions.k8s.io/customresourcedefinitions': { prepareForCreate: completeDefinition },
};

export function prepareForCreate(kind: KindInfo, object: ApiObject, now: Instant): ApiObject {
  const bare = kind.hasStatus && !kind.keepsStatusOnCreate ? asApiObject(without(object, 'status')) : object;
  return STRATEGIES[storageKey(kind)]?.prepareForCreate?.(bare, now) ?? bare;
}

/**
 * Each door changes its own part: /status takes status (of custom resources nothing else, of built-ins metadata too),
 * the main resource everything but status.
 */
export function prepareForUpdate(
  kind: KindInfo,
  object: ApiObject,
  change: { readonly old: ApiObject; readonly subresource: string },
): ApiObject {
  const { old, subresource } = change;
  const own = ownPart(kind, object, change);
  return STRATEGIES[storageKey(kind)]?.prepareForUpdate?.(own, old, subresource) ?? own;
}

function ownPart(
  kind: KindInfo,
  object: ApiObject,
  change: { readonly old: ApiObject; readonly subresource: string },
): ApiObject {
  const { old, subresource } = change;
  if (subresource === '') return kind.hasStatus ? asApiObject(withMember(object, 'status', old['status'])) : object;
  if (subresource !== 'status') return object;
  const metadata = kind.custom ? old.metadata : { ...object.metadata };
  const owned = withMember({ ...old, metadata }, 'status', object['status']);
  return asApiObject(owned);
}
