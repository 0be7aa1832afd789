import { type Instant, parseInstant } from '../api/instant.js';
import { type JsonObject, isJsonObject } from '../api/json.js';

/** What was found is not what this version of the program can read. Caught by decodeStatus; it leaves this room never. */
export class UnreadableError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'UnreadableError';
    this.path = path;
  }
}

/** The members of one object of the wire, read one by one; each fault is an UnreadableError with its path. */
export class Reader {
  readonly #value: JsonObject;
  readonly path: string;

  constructor(value: unknown, path: string) {
    if (!isJsonObject(value)) throw new UnreadableError(path, 'is not an object');
    this.#value = value;
    this.path = path;
  }

  has(name: string): boolean {
    return this.#value[name] !== undefined && this.#value[name] !== null;
  }

  object(name: string): Reader {
    return new Reader(this.#value[name], this.#at(name));
  }

  /** The object's members as they are. */
  members(): JsonObject {
    return this.#value;
  }

  list(name: string): readonly Reader[] {
    return this.#array(name).map((item, index) => new Reader(item, `${this.#at(name)}[${index}]`));
  }

  texts(name: string): readonly string[] {
    return this.#array(name).map((item, index) => {
      if (typeof item !== 'string') throw new UnreadableError(`${this.#at(name)}[${index}]`, 'is not a text');
      return item;
    });
  }

  text(name: string): string {
    const value = this.#value[name];
    if (typeof value !== 'string') throw new UnreadableError(this.#at(name), 'is not a text');
    return value;
  }

  number(name: string): number {
    const value = this.#value[name];
    if (typeof value !== 'number') throw new UnreadableError(this.#at(name), 'is not a number');
    return value;
  }

  flag(name: string): boolean {
    const value = this.#value[name];
    if (typeof value !== 'boolean') throw new UnreadableError(this.#at(name), 'is neither true nor false');
    return value;
  }

  instant(name: string): Instant {
    const value = parseInstant(this.text(name));
    if (value === null) throw new UnreadableError(this.#at(name), `${this.text(name)} is not an instant`);
    return value;
  }

  /** A word of a closed list. A newer version may know more of them: then we keep our hands off. */
  word<W extends string>(name: string, words: Readonly<Record<W, true>>): W {
    const value = this.text(name);
    if (isWord(value, words)) return value;
    throw new UnreadableError(this.#at(name), `${JSON.stringify(value)} is not known to this version`);
  }

  /** What `read` makes of a member, or null where there is none. */
  optional<T>(name: string, read: (reader: Reader, name: string) => T): T | null {
    return this.has(name) ? read(this, name) : null;
  }

  #array(name: string): readonly unknown[] {
    const value = this.#value[name];
    if (!Array.isArray(value)) throw new UnreadableError(this.#at(name), 'is not a list');
    return value;
  }

  #at(name: string): string {
    return `${this.path}.${name}`;
  }
}

function isWord<W extends string>(value: string, words: Readonly<Record<W, true>>): value is W {
  return Object.hasOwn(words, value);
}

/** Readers of members, for Reader.optional. */
export const read = {
  text: (reader: Reader, name: string): string => reader.text(name),
  number: (reader: Reader, name: string): number => reader.number(name),
  instant: (reader: Reader, name: string): Instant => reader.instant(name),
} as const;
