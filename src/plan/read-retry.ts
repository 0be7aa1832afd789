import type { Json } from '../api/json.js';
import { readDuration } from './read-duration.js';
import type { RetryBudget, RetryPolicy } from './plan.js';
import type { SpecReader } from './spec-reader.js';

/** Defaults of the CRD: so that lint says the same without an API server. */
const DEFAULTS = { baseMs: 10_000, factor: 2, capMs: 300_000, jitterPercent: 20 } as const;

export function readRetry(
  reader: SpecReader,
  value: Json | undefined,
  place: { readonly path: string; readonly idempotent: boolean },
): RetryPolicy {
  const { path, idempotent } = place;
  const retry = reader.object(value, path);
  const preExecution = readBudget(reader, retry['preExecution'], { path: `${path}.preExecution`, limit: 5 });
  const infrastructure = readBudget(reader, retry['infrastructure'], { path: `${path}.infrastructure`, limit: 0 });
  const execution = readBudget(reader, retry['execution'], { path: `${path}.execution`, limit: 0 });
  for (const [name, budget] of Object.entries({ infrastructure, execution })) {
    if (budget.limit > 0 && !idempotent)
      reader.report(`${path}.${name}.limit`, 'retries after user code has run need idempotent: true');
  }
  const codes = reader.list(
    reader.object(retry['execution'], `${path}.execution`)['exitCodes'],
    `${path}.execution.exitCodes`,
  );
  const exitCodes = codes.map((code, index) =>
    reader.number(code, `${path}.execution.exitCodes[${index}]`, { min: 1, max: 255, otherwise: 1, integer: true }),
  );
  return { preExecution, infrastructure, execution: { ...execution, exitCodes } };
}

function readBudget(
  reader: SpecReader,
  value: Json | undefined,
  { path, limit }: { readonly path: string; readonly limit: number },
): RetryBudget {
  const budget = reader.object(value, path);
  const baseMs = readDuration(reader, budget['base'], { path: `${path}.base`, otherwise: DEFAULTS.baseMs });
  const capMs = readDuration(reader, budget['cap'], { path: `${path}.cap`, otherwise: DEFAULTS.capMs });
  if (baseMs < 1_000) reader.report(`${path}.base`, 'must be at least 1s');
  if (capMs < baseMs) reader.report(`${path}.cap`, 'must be at least base');
  return {
    limit: reader.number(budget['limit'], `${path}.limit`, { min: 0, max: 19, otherwise: limit, integer: true }),
    baseMs,
    factor: reader.number(budget['factor'], `${path}.factor`, { min: 1, max: 100, otherwise: DEFAULTS.factor }),
    capMs,
    jitterPercent: reader.number(budget['jitterPercent'], `${path}.jitterPercent`, {
      min: 0,
      max: 50,
      otherwise: DEFAULTS.jitterPercent,
      integer: true,
    }),
  };
}
