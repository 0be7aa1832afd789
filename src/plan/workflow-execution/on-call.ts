import type { Json } from '../../api/json.js';
import type { OnCall } from '../../failure/summary/summary.js';
import type { SpecReader } from '../spec-reader.js';

/** Longest texts, as the CRD has them. */
const FIELDS = { impact: 256, manual: 512, runbook: 512, owner: 128 } as const;

/** What the author tells the person on call; undefined where nothing is said. */
export function readOnCall(reader: SpecReader, value: Json | undefined, path: string): OnCall | undefined {
  if (value === undefined) return undefined;
  const fields = reader.object(value, path);
  const entries = Object.entries(FIELDS).flatMap(([key, max]) => {
    const text = reader.string(fields[key], `${path}.${key}`);
    if (text === null) return [];
    if (text === '') reader.report(`${path}.${key}`, 'says nothing');
    if (text.length > max) reader.report(`${path}.${key}`, `is longer than ${max} characters`);
    return [[key, text] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
