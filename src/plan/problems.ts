import type { FieldProblem } from '../api/field-problem.js';
import type { Json, JsonObject } from '../api/json.js';
import { isJsonArray, isJsonObject } from '../api/json.js';

/**
 * Reads a JSON value whose shape is not known to be right, collecting every fault with its path. What is faulty comes
 * back as the given default, so that reading goes on and all faults are found.
 */
export class SpecReader {
  readonly problems: FieldProblem[] = [];

  report(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  object(value: Json | undefined, path: string): JsonObject {
    if (value === undefined) return {};
    if (isJsonObject(value)) return value;
    this.report(path, 'must be an object');
    return {};
  }

  list(value: Json | undefined, path: string): readonly Json[] {
    if (value === undefined) return [];
    if (isJsonArray(value)) return value;
    this.report(path, 'must be a list');
    return [];
  }

  string(value: Json | undefined, path: string): string | null {
    if (value === undefined) return null;
    if (typeof value === 'string') return value;
    this.report(path, 'must be a string');
    return null;
  }

  boolean(value: Json | undefined, path: string): boolean {
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    this.report(path, 'must be true or false');
    return false;
  }

  number(value: Json | undefined, path: string, limits: NumberLimits): number {
    if (value === undefined) return limits.otherwise;
    if (typeof value !== 'number' || (limits.integer === true && !Number.isSafeInteger(value))) {
      this.report(path, limits.integer === true ? 'must be a whole number' : 'must be a number');
      return limits.otherwise;
    }
    if (value < limits.min || value > limits.max) {
      this.report(path, `must be between ${limits.min} and ${limits.max}, and is ${value}`);
      return limits.otherwise;
    }
    return value;
  }

  word<T extends string>(value: Json | undefined, path: string, words: readonly T[]): T {
    const [first] = words;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    if (value !== undefined)
      this.report(
        path,
        `must be one of ${words.join(', ')}${typeof value === 'string' ? suggestion(value, words) : ''}`,
      );
    if (first === undefined) throw new Error('a choice without words');
    return first;
  }
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly otherwise: number;
  readonly integer?: boolean;
}

/** `; did you mean X?` where one of the words is near, else nothing. */
export function suggestion(written: string, words: Iterable<string>): string {
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (best === null || distance < best.distance) best = { word, distance };
  }
  return best !== null && best.distance <= Math.max(1, Math.floor(written.length / 3))
    ? `; did you mean ${best.word}?`
    : '';
}

/** Levenshtein distance of two short texts. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
