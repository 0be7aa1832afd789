import type { JsonObject } from '../api/json.js';
import type { SpecReader } from './spec-reader.js';

/** Seven days, as the CRDs have it. */
const DEFAULT_SECONDS = 604_800;
/** A year, as the CRDs have it. */
const MOST_SECONDS = 31_536_000;

/** `ttlSecondsAfterFinished` in ms, checked. */
export function readTtlMs(reader: SpecReader, fields: JsonObject): number {
  const seconds = reader.number(fields['ttlSecondsAfterFinished'], 'spec.ttlSecondsAfterFinished', {
    min: 0,
    max: MOST_SECONDS,
    otherwise: DEFAULT_SECONDS,
    integer: true,
  });
  return seconds * 1_000;
}

/** The same, in ms, of a spec that a plan was once made of: nothing is checked. */
export function ttlMsOf(spec: JsonObject): number {
  const seconds = spec['ttlSecondsAfterFinished'];
  return (typeof seconds === 'number' ? seconds : DEFAULT_SECONDS) * 1_000;
}
