import { type Instant, parseInstant } from '../../../api/instant.js';
import type { Json, JsonObject } from '../../../api/json.js';
import type { ApiObject } from '../../api-object.js';
import { humanDuration } from './human-duration.js';
import {
  AGE,
  ageOf,
  column,
  isTrue,
  NAME,
  NONE,
  numberAt,
  objectAt,
  objectsAt,
  type Printer,
  textAt,
} from './printer.js';

const ENDS: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

/** As pkg/printers/internalversion printPod: one word for where a pod stands, from its containers. */
export const POD_PRINTER: Printer = {
  conditions(pod) {
    const phase = textAt(pod, 'status.phase');
    const message = ENDS[phase];
    return message === undefined ? [] : [{ type: 'Completed', status: 'True', reason: phase, message }];
  },
  columns: [
    NAME,
    column('Ready', 'How many containers are ready, of how many.'),
    column('Status', 'Where the containers stand, in one word.'),
    column('Restarts', 'How often containers were started again, and when last.'),
    AGE,
    column('IP', 'The address of the pod.', { wide: true }),
    column('Node', 'The node that the pod was given to.', { wide: true }),
    column('Nominated Node', 'The node on which room is being made for it.', { wide: true }),
    column('Readiness Gates', 'How many further conditions are met, of how many.', { wide: true }),
  ],
  cells(pod, now) {
    const initial = readInit(pod);
    const main = initial.initializing && !isTrue(pod, 'Initialized') ? null : readMain(pod, initial);
    const total = objectsAt(pod, 'spec.containers').length + sidecarsOf(pod).size;
    return [
      pod.metadata.name,
      `${main?.ready ?? initial.ready}/${total}`,
      finalWord(pod, main?.word ?? initial.word),
      restartsOf(main ?? initial, now),
      ageOf(pod, now),
      textAt(pod, 'status.podIP', NONE),
      textAt(pod, 'spec.nodeName', NONE),
      textAt(pod, 'status.nominatedNodeName', NONE),
      gatesOf(pod),
    ];
  },
};

interface Reading {
  readonly word: string;
  readonly ready: number;
  readonly restarts: number;
  readonly lastRestart: Instant | null;
}

function sidecarsOf(pod: ApiObject): ReadonlySet<Json | undefined> {
  const sidecars = objectsAt(pod, 'spec.initContainers').filter((each) => each['restartPolicy'] === 'Always');
  return new Set(sidecars.map((each) => each['name']));
}

function firstWord(pod: ApiObject): string {
  const gated = objectsAt(pod, 'status.conditions').some(
    (each) => each['type'] === 'PodScheduled' && each['reason'] === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : textAt(pod, 'status.reason', textAt(pod, 'status.phase'));
}

/** What the init containers say: up to the first that has not done its part. */
function readInit(pod: ApiObject): Reading & { readonly initializing: boolean; readonly sidecars: Reading } {
  const names = sidecarsOf(pod);
  const count = objectsAt(pod, 'spec.initContainers').length;
  let ready = 0;
  let all: Restarts = NO_RESTARTS;
  let ofSidecars: Restarts = NO_RESTARTS;
  const done = (word: string, initializing: boolean) => ({
    word,
    ready,
    ...all,
    initializing,
    sidecars: { word, ready, ...ofSidecars },
  });
  for (const [index, status] of objectsAt(pod, 'status.initContainerStatuses').entries()) {
    all = withRestarts(all, status);
    const sidecar = names.has(status['name']);
    if (sidecar) ofSidecars = withRestarts(ofSidecars, status);
    const terminated = objectAt(status, 'state.terminated');
    if (terminated?.['exitCode'] === 0) continue;
    if (sidecar && status['started'] === true) {
      if (status['ready'] === true) ready += 1;
      continue;
    }
    const waiting = textAt(status, 'state.waiting.reason');
    if (terminated !== undefined) return done(`Init:${wordOfEnd(terminated)}`, true);
    if (waiting !== '' && waiting !== 'PodInitializing') return done(`Init:${waiting}`, true);
    return done(`Init:${index}/${count}`, true);
  }
  return done(firstWord(pod), false);
}

/** What the main containers say: the first of them has the last word. */
function readMain(pod: ApiObject, initial: ReturnType<typeof readInit>): Reading {
  let { ready } = initial;
  let word = initial.initializing ? firstWord(pod) : initial.word;
  let restarts: Restarts = initial.sidecars;
  let running = false;
  for (const status of [...objectsAt(pod, 'status.containerStatuses')].reverse()) {
    restarts = withRestarts(restarts, status);
    const waiting = textAt(status, 'state.waiting.reason');
    const terminated = objectAt(status, 'state.terminated');
    if (waiting !== '') word = waiting;
    else if (terminated !== undefined) word = wordOfEnd(terminated);
    else if (status['ready'] === true && objectAt(status, 'state.running') !== undefined) {
      running = true;
      ready += 1;
    }
  }
  if (word === 'Completed' && running) word = isTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return { word, ready, restarts: restarts.restarts, lastRestart: restarts.lastRestart };
}

function wordOfEnd(terminated: JsonObject): string {
  const reason = textAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal');
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function finalWord(pod: ApiObject, word: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return word;
  if (textAt(pod, 'status.reason') === 'NodeLost') return 'Unknown';
  return textAt(pod, 'status.phase') in ENDS ? word : 'Terminating';
}

interface Restarts {
  readonly restarts: number;
  readonly lastRestart: Instant | null;
}

const NO_RESTARTS: Restarts = { restarts: 0, lastRestart: null };

function withRestarts({ restarts, lastRestart }: Restarts, status: JsonObject): Restarts {
  const ended = parseInstant(textAt(status, 'lastState.terminated.finishedAt'));
  const later = ended !== null && (lastRestart === null || ended > lastRestart) ? ended : lastRestart;
  return { restarts: restarts + numberAt(status, 'restartCount'), lastRestart: later };
}

function restartsOf({ restarts, lastRestart }: Restarts, now: Instant): string {
  if (restarts === 0 || lastRestart === null) return String(restarts);
  return `${restarts} (${humanDuration(now - lastRestart)} ago)`;
}

function gatesOf(pod: ApiObject): string {
  const gates = objectsAt(pod, 'spec.readinessGates');
  if (gates.length === 0) return NONE;
  return `${gates.filter((gate) => isTrue(pod, textAt(gate, 'conditionType'))).length}/${gates.length}`;
}
