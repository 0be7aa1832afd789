import type { JsonObject } from '../../api/json.js';
import type { ContainerFacts } from './facts.js';
import { listOf, numberOf, objectOf, textOf } from './read.js';
import { readTermination } from './termination.js';

/** Steps that did not fail by themselves: Tekton's entrypoint ends them with 1 when an earlier step failed. */
const NOT_A_CAUSE: ReadonlySet<string> = new Set(['Skipped', 'Continued']);

/** The containers of a TaskRun as its status remembers them: all that is left when its pod is not in evidence. */
export function indexSteps(taskRun: JsonObject, source: string): ContainerFacts[] {
  const status = objectOf(taskRun, 'status');
  const steps = listOf(status, 'steps').filter((step) => !NOT_A_CAUSE.has(textOf(step, 'terminationReason')));
  return [
    ...steps.map((step) => stepOf(step, { source, field: 'steps', decides: true })),
    ...listOf(status, 'sidecars').map((step) => stepOf(step, { source, field: 'sidecars', decides: false })),
  ].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function stepOf(
  step: JsonObject,
  { source, field, decides }: { readonly source: string; readonly field: string; readonly decides: boolean },
): ContainerFacts {
  const name = textOf(step, 'container') || `step-${textOf(step, 'name')}`;
  const isEnded = step['terminated'] !== undefined;
  const running = step['running'] !== undefined;
  const waiting = objectOf(step, 'waiting');
  const ended = isEnded ? terminationOf(objectOf(step, 'terminated'), textOf(step, 'terminationReason')) : null;
  return {
    name,
    kind: 'main',
    decides,
    injected: false,
    helper: !decides,
    image: textOf(step, 'imageID'),
    command: [],
    memoryLimit: null,
    requests: {},
    source,
    path: `status.${field}[${textOf(step, 'name')}]`,
    state: running ? 'running' : isEnded ? 'terminated' : step['waiting'] === undefined ? 'none' : 'waiting',
    waiting: { reason: textOf(waiting, 'reason'), message: textOf(waiting, 'message') },
    ended,
    last: null,
    restarts: 0,
    ready: false,
    started: running || ended?.ran === true,
  };
}

function terminationOf(state: JsonObject, terminationReason: string): ReturnType<typeof readTermination> {
  const reason = textOf(state, 'reason');
  return readTermination({
    exitCode: numberOf(state, 'exitCode') ?? 0,
    // Tekton's own reason says more than the kubelet's "Error": TimeoutExceeded, Cancelled (TEP-0151).
    reason: reason === 'Error' && terminationReason !== '' ? terminationReason : reason,
    message: textOf(state, 'message'),
    startedAt: textOf(state, 'startedAt'),
    finishedAt: textOf(state, 'finishedAt'),
  });
}
