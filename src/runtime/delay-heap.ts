/** Keys ordered by the time at which they are due; each key at most once, with its earliest time. */
export class DelayHeap {
  readonly #heap: { readonly key: string; readonly due: number }[] = [];
  /** The time that counts; what stands in the heap with another one is outdated and is skipped. */
  readonly #due = new Map<string, number>();

  get size(): number {
    return this.#due.size;
  }

  /** Sets the time of a key, unless it has an earlier one. */
  set(key: string, due: number): void {
    const known = this.#due.get(key);
    if (known !== undefined && known <= due) return;
    this.#due.set(key, due);
    this.#heap.push({ key, due });
    this.#up(this.#heap.length - 1);
  }

  delete(key: string): void {
    this.#due.delete(key);
    // Else keys that are set and deleted again and again would fill the heap with outdated entries.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#due.size) this.#rebuild();
  }

  clear(): void {
    this.#heap.length = 0;
    this.#due.clear();
  }

  /** The earliest time, or null. */
  earliest(): number | null {
    this.#skipOutdated();
    return this.#heap[0]?.due ?? null;
  }

  /** Takes the earliest key that is due, or null. */
  takeDue(now: number): string | null {
    this.#skipOutdated();
    const first = this.#heap[0];
    if (first === undefined || first.due > now) return null;
    this.#pop();
    this.#due.delete(first.key);
    return first.key;
  }

  #skipOutdated(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#due.get(first.key) === first.due) return;
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#heap.length = 0;
    for (const [key, due] of this.#due) {
      this.#heap.push({ key, due });
      this.#up(this.#heap.length - 1);
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const least = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(index) <= this.#dueAt(least)) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.due ?? Infinity;
  }

  #swap(one: number, other: number): void {
    const a = this.#heap[one];
    const b = this.#heap[other];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}
