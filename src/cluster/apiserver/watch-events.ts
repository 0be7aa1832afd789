import type { ApiObject } from '../api-object.js';
import { withMeta } from './json-values.js';
import type { Collection, Selector } from './list.js';
import type { Change } from './store.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ApiObject;
}

/**
 * What a watcher with a selector sees of a change: an object that comes to match is ADDED, one that ceases to is DELETED in
 * its last matching form under the new version (cacher's convertToWatchEvent). Undefined: nothing.
 */
export function eventFor(change: Change, collection: Collection, selector: Selector): WatchEvent | undefined {
  const { object, previous, type } = change;
  if (collection.namespace !== '' && object.metadata.namespace !== collection.namespace) return undefined;
  const matched = previous !== undefined && selector.matches(previous);
  if (type === 'DELETED') return matched ? { type, object } : undefined;
  const matches = selector.matches(object);
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  return matched ? { type: 'DELETED', object: under(previous, object.metadata.resourceVersion) } : undefined;
}

function under(object: ApiObject, resourceVersion: string): ApiObject {
  return withMeta(object, { ...object.metadata, resourceVersion });
}
