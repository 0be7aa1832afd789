import type { StoreWriter } from './admission.js';
import type { KindTable } from './kinds.js';
import { jsonEqual, withMember } from './json-values.js';
import { notFoundError } from './errors.js';
import { asApiObject } from './json-values.js';
import { objectKey, storageKey } from './kinds.js';
import type { Store } from './store.js';

/** The store as admission sees it. */
export function storeWriter(store: Store, kinds: KindTable): StoreWriter {
  return {
    get: (group, resource, { namespace, name }) =>
      store.get(storageKey({ group, plural: resource }), objectKey(namespace, name)),
    list: (group, resource, namespace) => store.list(storageKey({ group, plural: resource }), namespace),
    writeStatus: (object, status) => {
      const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
      const kind = kinds.all().find((candidate) => candidate.group === group && candidate.kind === object.kind);
      const { name, namespace = '' } = object.metadata;
      if (kind === undefined) throw notFoundError({ group, plural: object.kind.toLowerCase() }, name);
      const key = objectKey(namespace, name);
      const current = store.get(storageKey(kind), key);
      if (current === undefined) throw notFoundError(kind, name);
      if (jsonEqual(current['status'], status)) return current;
      return store.put(storageKey(kind), key, asApiObject(withMember(current, 'status', status)));
    },
  };
}
