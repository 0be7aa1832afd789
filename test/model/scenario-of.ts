import type { JsonObject } from '../../src/api/json.js';
import type { ContainerScript } from '../../src/cluster/kubelet/index.js';
import type { Scenario } from '../crash/scenario.js';
import { byStep } from '../crash/scenarios/containers.js';
import { delayStep, jobStep, podStep } from '../support/embedded/steps.js';
import { happens } from './deeds.js';
import type { History, StepStory, Try } from './history.js';

/** Short bounds, so that what never ends or never starts is over soon. */
const TIMEOUTS = { start: '1m', run: '2m', stop: '20s' };
const DELAY = '5s';

/** A history as the crash harness plays it. How it ends is not known before. */
export function scenarioOf(history: History, name = 'a random history'): Scenario {
  return {
    name,
    spec: specOf(history),
    script: byStep(scriptsOf(history)),
    happenings: happeningsOf(history).map(({ afterMs, deed }) => happens(afterMs, deed)),
    concurrent: history.order === 'Graph',
    ends: { phase: '', steps: {}, starts: {} },
  };
}

export function specOf(history: History): JsonObject {
  const { order, onFailure, parallelism, timeoutMs } = history;
  return {
    order,
    onFailure,
    parallelism,
    ...(timeoutMs === null ? {} : { timeout: `${timeoutMs / 1_000}s` }),
    steps: history.steps.map((step) => stepOf(step, order === 'Graph')),
    ...(history.finally.length === 0 ? {} : { finally: history.finally.map((step) => stepOf(step, false)) }),
  };
}

/** What the containers do, by step and try. */
export function scriptsOf(history: History): Readonly<Record<string, readonly ContainerScript[]>> {
  return Object.fromEntries(
    [...history.steps, ...history.finally].map(({ name, tries }) => [name, tries.map(scriptOf)]),
  );
}

/** The deeds, and at the end a Resume: a run that stays suspended would never end. */
export function happeningsOf({ deeds }: History): History['deeds'] {
  const suspended = deeds.some(({ deed }) => deed.do === 'act' && deed.verb === 'Suspend');
  return suspended ? [...deeds, { afterMs: 60_000, deed: { do: 'act', verb: 'Resume' } }] : deeds;
}

function stepOf(step: StepStory, graph: boolean): JsonObject {
  const { name, work, when, idempotent, retries } = step;
  const common = {
    ...(graph && step.needs.length > 0 ? { dependsOn: step.needs } : {}),
    ...(when === null ? {} : { when: when ? '2 > 1' : '1 > 2' }),
  };
  if (work === 'delay') return delayStep(name, DELAY, common);
  const budget = { limit: retries, base: '10s' };
  const again = idempotent ? { execution: budget, infrastructure: budget } : {};
  const more = { ...common, idempotent, timeouts: TIMEOUTS, retry: { preExecution: budget, ...again } };
  return work === 'job' ? jobStep(name, more) : podStep(name, more);
}

function scriptOf(one: Try): ContainerScript {
  switch (one.is) {
    case 'ends':
      return { end: { exitCode: one.exitCode, afterMs: one.afterMs } };
    case 'runs-on':
      return { onTerm: one.stopsAfterMs === null ? 'ignore' : { exitCode: 143, afterMs: one.stopsAfterMs } };
    case 'cannot-start':
      return { startError: 'exec: "tool": executable file not found in $PATH' };
    case 'cannot-be-created':
      return { createError: 'failed to create containerd container: no space left on device' };
  }
}
