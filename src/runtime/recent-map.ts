/** A map that forgets what was not asked for the longest once it holds `max` entries. */
export class RecentMap<K, V> {
  readonly #max: number;
  /** The one that was used longest ago comes first. */
  readonly #entries = new Map<K, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, made where there is none. */
  getOrMake(key: K, make: () => V): V {
    const known = this.#entries.get(key);
    const value = known ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > this.#max) this.#entries.delete(oldest);
    return value;
  }
}
