import type { JsonObject } from '../../src/api/json.js';
import { BATCH_API_VERSION } from '../../src/api/names.js';
import type { SequentialJobStatus } from '../../src/api/types.js';
import { container } from './embedded/steps.js';
import type { EmbeddedWorld, Run, RunKind } from './embedded-world.js';

export const SEQUENTIAL_JOB: RunKind = {
  apiVersion: BATCH_API_VERSION,
  kind: 'SequentialJob',
  plural: 'sequentialjobs',
};

/** An entry: its container's command is its name, by which scripts know it. */
export function entry(name: string, more: JsonObject = {}): JsonObject {
  return container(name, { name, ...more });
}

/** The spec of a SequentialJob with entries of these names. */
export function sequence(names: readonly string[], more: JsonObject = {}): JsonObject {
  return { containers: names.map((name) => entry(name)), ...more };
}

/** The status of a SequentialJob. */
export function sequentialStatus({ status }: Run): SequentialJobStatus {
  return (status ?? {}) as unknown as SequentialJobStatus;
}

/** What a watcher saw of a run: each status that differs from the one before it in what the trace shows. */
export function rows(world: EmbeddedWorld, run: Run): readonly SequentialJobStatus[] {
  const versions = world.versions.filter(({ metadata }) => metadata.uid === run.metadata.uid);
  return versions
    .filter(({ status }) => status !== undefined)
    .map(sequentialStatus)
    .filter((status, index, all) => index === 0 || rowOf(status) !== rowOf(all[index - 1]));
}

/** The part of a status that the trace shows, as text. */
function rowOf(status: SequentialJobStatus | undefined): string {
  const { startTime, completionTime, state, progress, conditions = [] } = status ?? {};
  const own = conditions.filter(({ type }) => type.startsWith('Jobs') || type === 'SpecApplied');
  return JSON.stringify([
    startTime,
    completionTime,
    state,
    progress,
    own.map(({ type, status: value, reason, message }) => [type, value, reason, message]),
  ]);
}

/** An object within an object, so many times: the schema lets 101 pass, and no plan is made of them. */
export function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { in: nested(levels - 1) };
}
