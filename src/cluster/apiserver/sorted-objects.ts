import type { ApiObject } from '../api-object.js';

/** The objects of one resource by key, listed in key order. The order is computed when asked for after a change. */
export class SortedObjects {
  readonly #objects: Map<string, ApiObject>;
  #keys: readonly string[] | undefined;

  /** Empty, or a copy that can be changed on its own. */
  constructor(from?: SortedObjects) {
    this.#objects = new Map(from === undefined ? [] : from.#objects);
    this.#keys = from === undefined ? [] : from.#keys;
  }

  get(key: string): ApiObject | undefined {
    return this.#objects.get(key);
  }

  set(key: string, object: ApiObject): void {
    if (!this.#objects.has(key)) this.#keys = undefined;
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#keys = undefined;
  }

  entries(): Iterable<[string, ApiObject]> {
    return this.#objects;
  }

  list(namespace: string): readonly ApiObject[] {
    const keys = (this.#keys ??= [...this.#objects.keys()].sort());
    const prefix = namespace === '' ? '' : `${namespace}/`;
    const found: ApiObject[] = [];
    for (let i = lowerBound(keys, prefix); i < keys.length; i += 1) {
      const key = keys[i] ?? '';
      if (!key.startsWith(prefix)) break;
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }
}

/** Index of the first key that is not before `bound`. */
function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
