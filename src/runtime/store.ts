import type { KubeObject } from '../api/kube.js';
import type { Stored } from './resource.js';

/** The values under which an object is found in an index. */
export type IndexFunction<T extends KubeObject> = (object: Stored<T>) => readonly string[];
export type IndexFunctions<T extends KubeObject> = Readonly<Record<string, IndexFunction<T>>>;

/** Objects by key, with named indices. Knows nothing of watches. */
export class IndexedStore<T extends KubeObject> {
  readonly #functions: IndexFunctions<T>;
  #objects = new Map<string, Stored<T>>();
  /** Index name → value → keys. A value without keys has no entry, else the map would grow for ever. */
  #indices = new Map<string, Map<string, Set<string>>>();

  constructor(functions: IndexFunctions<T> = {}) {
    this.#functions = functions;
    this.#indices = this.#emptyIndices();
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): Stored<T> | undefined {
    return this.#objects.get(key);
  }

  entries(): IterableIterator<[string, Stored<T>]> {
    return this.#objects.entries();
  }

  list(): readonly Stored<T>[] {
    return [...this.#objects.values()];
  }

  /** Keys of the objects that have the value in the index. */
  keysByIndex(index: string, value: string): ReadonlySet<string> {
    const values = this.#indices.get(index);
    if (values === undefined) throw new Error(`there is no index "${index}"; declared are: ${this.#declared()}`);
    return values.get(value) ?? new Set();
  }

  /** The values of an object in an index. */
  valuesOf(index: string, object: Stored<T>): readonly string[] {
    return this.#functions[index]?.(object) ?? [];
  }

  set(key: string, object: Stored<T>): void {
    const old = this.#objects.get(key);
    if (old !== undefined) this.#unindex(this.#indices, key, old);
    this.#objects.set(key, object);
    this.#index(this.#indices, key, object);
  }

  delete(key: string): void {
    const old = this.#objects.get(key);
    if (old === undefined) return;
    this.#unindex(this.#indices, key, old);
    this.#objects.delete(key);
  }

  /** Puts these objects in the place of all: a reader sees the old state or the new one. */
  replace(objects: Map<string, Stored<T>>): void {
    const indices = this.#emptyIndices();
    for (const [key, object] of objects) this.#index(indices, key, object);
    this.#objects = objects;
    this.#indices = indices;
  }

  /** How many values an index has. */
  indexSize(index: string): number {
    return this.#indices.get(index)?.size ?? 0;
  }

  #emptyIndices(): Map<string, Map<string, Set<string>>> {
    return new Map(Object.keys(this.#functions).map((name) => [name, new Map<string, Set<string>>()]));
  }

  #index(indices: Map<string, Map<string, Set<string>>>, key: string, object: Stored<T>): void {
    for (const [name, values] of indices) {
      for (const value of this.valuesOf(name, object)) {
        const keys = values.get(value);
        if (keys === undefined) values.set(value, new Set([key]));
        else keys.add(key);
      }
    }
  }

  #unindex(indices: Map<string, Map<string, Set<string>>>, key: string, object: Stored<T>): void {
    for (const [name, values] of indices) {
      for (const value of this.valuesOf(name, object)) {
        const keys = values.get(value);
        keys?.delete(key);
        if (keys?.size === 0) values.delete(value);
      }
    }
  }

  #declared(): string {
    return Object.keys(this.#functions).join(', ') || 'none';
  }
}
