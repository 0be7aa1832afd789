import type { JsonObject } from '../../src/api/json.js';
import { isJsonObject } from '../../src/api/json.js';
import { checkSchema, statusSchema } from '../support/check-schema.js';
import { ENDS_WELL, EmbeddedWorld } from '../support/embedded-world.js';

/** Virtual time within which everything must be over: bounds and backoffs of mutated specs can be hours. */
const LIMIT_MS = 30 * 24 * 3_600_000;
/** Timers that may fire until then: more is a loop. */
const MOST_TIMERS = 20_000;

const schema = statusSchema('crds/workflowexecutions.yaml');

/** Runs an accepted spec on the embedded cluster; what is wrong with how it went, or null. */
export async function runToEnd(spec: JsonObject): Promise<string | null> {
  const world = await EmbeddedWorld.start({ script: () => ENDS_WELL });
  try {
    const run = await world.createRun(spec);
    let timers = 0;
    const end = world.clock.monotonic() + LIMIT_MS;
    while (world.latest(run).status?.completionTime === undefined) {
      timers += 1;
      if (timers > MOST_TIMERS) return `it does not end within ${MOST_TIMERS} timers`;
      if (world.clock.monotonic() > end || !(await world.clock.advanceToNext())) return 'it never ends';
    }
    const { status } = world.latest(run);
    if (!isJsonObject(status)) return 'it has no status';
    const faults = checkSchema(schema, status);
    if (faults.length > 0) return `its status is not as the CRD has it: ${faults.slice(0, 3).join('; ')}`;
    await world.clock.advance(60_000);
    const left = [...(await world.pods()), ...(await world.jobs())].filter(
      ({ metadata }) => (metadata.finalizers ?? []).length > 0,
    );
    if (left.length > 0)
      return `${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')} was never released`;
    return world.controller.failure;
  } finally {
    await world.stop();
  }
}
