import { StatusError } from '../status-error.js';
import { deleteObject } from './delete.js';
import type { Collection, ListPage } from './list.js';
import { listObjects } from './list.js';
import type { DeleteOptions, ListOptions } from './query.js';
import type { ServerState } from './state.js';

/** DELETE of a collection: each object that is selected, by its own rules. Answers them as they were. */
export function deleteCollection(
  state: ServerState,
  collection: Collection,
  deletion: { readonly options: DeleteOptions; readonly selection: ListOptions },
): ListPage {
  const page = listObjects(state.store, collection, deletion.selection);
  for (const object of page.items) {
    const { namespace = '', name } = object.metadata;
    try {
      deleteObject(state, { kind: collection.kind, namespace, name, subresource: '' }, deletion.options);
    } catch (error) {
      // Gone meanwhile is what was wanted (a deleted owner may have taken it along).
      if (!(error instanceof StatusError) || error.code !== 404) throw error;
    }
  }
  return page;
}
