/** A binary heap of keys by instant: the earliest is on top. */
export class TimerHeap {
  readonly #entries: { readonly key: string; readonly due: number }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  push(key: string, due: number): void {
    const entries = this.#entries;
    entries.push({ key, due });
    let child = entries.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfLess(child, parent)) break;
      child = parent;
    }
  }

  peek(): { readonly key: string; readonly due: number } | undefined {
    return this.#entries[0];
  }

  pop(): { readonly key: string; readonly due: number } | undefined {
    const top = this.#entries[0];
    const last = this.#entries.pop();
    if (top === undefined || last === undefined || this.#entries.length === 0) return top;
    this.#entries[0] = last;
    this.#sink();
    return top;
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      const left = parent * 2 + 1;
      const right = left + 1;
      const least = this.#less(right, left) ? right : left;
      if (!this.#swapIfLess(least, parent)) return;
      parent = least;
    }
  }

  #less(a: number, b: number): boolean {
    const left = this.#entries[a];
    const right = this.#entries[b];
    return left !== undefined && right !== undefined && left.due < right.due;
  }

  #swapIfLess(a: number, b: number): boolean {
    const left = this.#entries[a];
    const right = this.#entries[b];
    if (left === undefined || right === undefined || left.due >= right.due) return false;
    this.#entries[a] = right;
    this.#entries[b] = left;
    return true;
  }
}
