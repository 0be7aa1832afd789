import { isJsonObject } from '../api/json.js';
import { OWES_FINALIZER } from '../api/names.js';
import type { Stored } from '../runtime/index.js';
import type { RunObject } from './access/run-access.js';
import { TERMINAL_PHASES } from './decide/phases.js';
import { packed } from './packed.js';

/**
 * A run that is over and owes nothing, without what was for others: its audit events (they are in the store, else it
 * would owe them) and its summary; what is left is packed. Ten thousand of them wait in the cache for their time to live (rule W3); its spec and
 * its tasks stay, because they say when that is over and which objects were its own. A transform for informers.
 */
export function withoutTold(run: Stored<RunObject>): Stored<RunObject> {
  const engine = run.status?.['engine'];
  if (run.metadata.finalizers?.includes(OWES_FINALIZER) === true || !isJsonObject(engine)) return run;
  const { audit } = engine;
  if (!TERMINAL_PHASES.has(engine['phase']) || !isJsonObject(audit)) return run;
  const { summary: _summary, ...status } = run.status ?? {};
  return packed({ ...run, status: { ...status, engine: { ...engine, audit: { ...audit, outbox: [] } } } });
}
