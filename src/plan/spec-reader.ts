import type { FieldProblem } from '../api/field-problem.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../api/json.js';
import { suggestion } from './suggestion.js';

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly otherwise: number;
  readonly integer?: boolean;
}

/**
 * Reads a JSON value whose shape is not known to be right, collecting every fault with its path. What is faulty comes
 * back as the given default, so that reading goes on and all faults are found.
 */
export class SpecReader {
  readonly #problems: FieldProblem[] = [];
  readonly #seen = new Set<string>();
  /** Paths of what should be an object or a list and is none: of what should be in it nothing can be said. */
  readonly #shapeless: string[] = [];

  get problems(): readonly FieldProblem[] {
    return this.#problems;
  }

  /** Notes a fault, once: a field may be read by several checks. */
  report(path: string, message: string): void {
    const key = `${path}\n${message}`;
    if (this.#seen.has(key) || this.#shapeless.some((other) => isWithin(path, other))) return;
    this.#seen.add(key);
    this.#problems.push({ path, message });
  }

  /** Members that are null are as good as absent: the API server drops them (structural schemas, not nullable). */
  object(value: Json | undefined, path: string): JsonObject {
    if (value === undefined) return {};
    if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
    this.report(path, 'must be an object');
    this.#shapeless.push(path);
    return {};
  }

  /** A member of what may be an object; nothing is reported. */
  member(value: Json | undefined, key: string): Json | undefined {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    return value[key] ?? undefined;
  }

  list(value: Json | undefined, path: string): readonly Json[] {
    if (value === undefined) return [];
    if (isJsonArray(value)) return value;
    this.report(path, 'must be a list');
    this.#shapeless.push(path);
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
    if (!(value >= limits.min && value <= limits.max)) {
      this.report(path, `must be between ${limits.min} and ${limits.max}, and is ${value}`);
      return limits.otherwise;
    }
    return value;
  }

  /** One of some words, the first of which is the default. */
  word<T extends string>(value: Json | undefined, path: string, words: readonly [T, ...T[]]): T {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const near = typeof value === 'string' ? suggestion(value, words) : '';
    if (value !== undefined) this.report(path, `must be one of ${words.join(', ')}${near}`);
    return words[0];
  }
}

function isWithin(path: string, ancestor: string): boolean {
  return path.startsWith(ancestor) && ['.', '['].includes(path.charAt(ancestor.length));
}
