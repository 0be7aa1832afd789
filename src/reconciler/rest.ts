import { type Instant, parseInstant } from '../api/instant.js';
import { isJsonObject } from '../api/json.js';
import { OWES_FINALIZER } from '../api/names.js';
import type { Translator } from '../plan/translator.js';
import type { Stored } from '../runtime/index.js';
import type { RunObject } from './access/run-access.js';
import { TERMINAL_PHASES } from './decide/phases.js';

/**
 * Until when nothing is to be done for a run that is over and owes nothing (design review W4): no pass is made for one of
 * ten thousand that merely exist. Infinity where it is never deleted; null where it is to be looked at.
 */
export function restsUntil(translator: Translator, { metadata, spec, status }: Stored<RunObject>): Instant | null {
  if (metadata.deletionTimestamp !== undefined || metadata.finalizers?.includes(OWES_FINALIZER) === true) return null;
  const engine = status?.['engine'];
  if (!isJsonObject(engine) || !TERMINAL_PHASES.has(engine['phase'])) return null;
  const { finishedAt } = engine;
  const end = typeof finishedAt === 'string' ? parseInstant(finishedAt) : null;
  if (end === null || !isJsonObject(spec)) return null;
  const ttlMs = translator.ttlMs(spec);
  return ttlMs === null ? Infinity : end + ttlMs;
}
