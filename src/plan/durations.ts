import { parseDuration } from '../api/duration.js';
import type { Json } from '../api/json.js';
import type { SpecReader } from './problems.js';

/** A duration field in ms; `otherwise` where it is absent or faulty. */
export function readDuration(reader: SpecReader, value: Json | undefined, path: string, otherwise: number): number {
  const text = reader.string(value, path);
  if (text === null) return otherwise;
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  reader.report(path, `${JSON.stringify(text)} is no duration; write 30s, 5m, 1h30m or 250ms`);
  return otherwise;
}
