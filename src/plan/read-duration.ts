import { parseDuration } from '../api/duration.js';
import type { Json } from '../api/json.js';
import type { SpecReader } from './spec-reader.js';

interface DurationField {
  readonly path: string;
  /** Milliseconds where the field is absent or faulty. */
  readonly otherwise: number;
}

/** Milliseconds of a duration field. */
export function readDuration(reader: SpecReader, value: Json | undefined, { path, otherwise }: DurationField): number {
  const text = reader.string(value, path);
  if (text === null) return otherwise;
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  reader.report(path, `${JSON.stringify(text.slice(0, 40))} is no duration; write 30s, 5m, 1h30m or 250ms`);
  return otherwise;
}
