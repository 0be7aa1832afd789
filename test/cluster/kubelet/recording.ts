import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../../src/api/canonical-json.js';
import { isJsonObject } from '../../../src/api/json.js';
import type { Json, JsonObject } from '../../../src/api/json.js';
import { parseInstant } from '../../../src/api/instant.js';
import type { Pod } from '../../../src/api/kube.js';

/** One thing that happened while a real node was watched (test/fixtures/kubelet-recordings). */
export interface Recorded {
  /** Seconds. */
  readonly t: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ACTION';
  readonly object: Json;
}

export function readRecording(name: string): readonly Recorded[] {
  const url = new URL(`../../fixtures/kubelet-recordings/${name}.jsonl`, import.meta.url);
  const lines = readFileSync(url, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Recorded);
}

export function objects(recording: readonly Recorded[], kind: string): readonly JsonObject[] {
  return recording.flatMap(({ type, object }) =>
    type !== 'ACTION' && type !== 'DELETED' && isJsonObject(object) && object['kind'] === kind ? [object] : [],
  );
}

/** The pod as it was created. */
export function podOf(recording: readonly Recorded[]): Pod {
  const [first] = objects(recording, 'Pod');
  return { apiVersion: 'v1', kind: 'Pod', ...first };
}

const list = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

/** Text of a field; empty where it has none. */
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** One run of a container, as the recording tells it at its end. */
export interface RecordedRun {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string | undefined;
  /** Milliseconds, of whole seconds. */
  readonly ranMs: number;
}

/** The runs of each container in the recording, in order; runs that never ended are missing. */
export function recordedRuns(recording: readonly Recorded[]): ReadonlyMap<string, readonly RecordedRun[]> {
  const byId = new Map<string, Map<string, RecordedRun>>();
  for (const pod of objects(recording, 'Pod')) {
    const status = isJsonObject(pod['status']) ? pod['status'] : {};
    for (const one of [...list(status['initContainerStatuses']), ...list(status['containerStatuses'])]) {
      for (const where of ['lastState', 'state']) {
        const state = one[where];
        const end = isJsonObject(state) ? state['terminated'] : undefined;
        if (!isJsonObject(end) || typeof end['containerID'] !== 'string') continue;
        const runs = byId.get(text(one['name'])) ?? new Map<string, RecordedRun>();
        byId.set(text(one['name']), runs);
        const [from, to] = [parseInstant(text(end['startedAt'])), parseInstant(text(end['finishedAt']))];
        runs.set(end['containerID'], {
          exitCode: Number(end['exitCode']),
          reason: text(end['reason']),
          message: typeof end['message'] === 'string' ? end['message'] : undefined,
          ranMs: from === null || to === null ? 0 : to - from,
        });
      }
    }
  }
  return new Map([...byId].map(([name, runs]) => [name, [...runs.values()]]));
}

/** Text without what differs from cluster to cluster: UIDs, namespaces, the address of the name server. */
function plainText(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|uid-\d+/g, 'UID')
    .replaceAll(/_rec-[a-z0-9-]+\(/g, '_ns(')
    .replaceAll(/ on [\d.]+:53: no such host/g, ': no such host');
}

function plainState(state: Json | undefined): Json {
  if (!isJsonObject(state)) return {};
  const parts = Object.entries(state).map(([kind, value]): [string, Json] => {
    const fields = isJsonObject(value) ? value : {};
    const kept = Object.entries(fields).flatMap(([name, field]): [string, Json][] => {
      if (field === null || field === undefined) return [];
      if (name === 'containerID') return [[name, 'ID']];
      if (name === 'startedAt' || name === 'finishedAt') {
        return [[name, field === '1970-01-01T00:00:00Z' ? 'the epoch' : 'a time']];
      }
      return [[name, typeof field === 'string' ? plainText(field) : field]];
    });
    return [kind, Object.fromEntries(kept)];
  });
  return Object.fromEntries(parts);
}

function plainContainer(status: JsonObject): JsonObject {
  const { name, ready, restartCount, started, containerID } = status;
  return {
    name,
    ready,
    restartCount,
    started,
    containerID: typeof containerID === 'string' && containerID !== '' ? 'ID' : '',
    state: plainState(status['state']),
    lastState: plainState(status['lastState']),
  };
}

/** Until the end is certain a pod keeps the phase that it had, and that depends on which of the states before were told. */
function openPhase(phase: Json | undefined, conditions: readonly JsonObject[]): Json | undefined {
  const over = conditions.some((one) => one['reason'] === 'PodCompleted' || one['reason'] === 'PodFailed');
  return over && phase !== 'Succeeded' && phase !== 'Failed' ? 'not yet terminal' : phase;
}

/**
 * The status without times, ids and addresses. Without PodReadyToStartContainers too where sequences are compared: the
 * real one tells it late or early, as its polls happen to fall.
 */
export function plainStatus(status: Json | undefined, sandbox: boolean): JsonObject {
  const given = isJsonObject(status) ? status : {};
  const conditions = list(given['conditions'])
    .filter((one) => sandbox || one['type'] !== 'PodReadyToStartContainers')
    .map(({ type, status: value, reason, message }) =>
      clean({ type, status: value, reason, message: typeof message === 'string' ? plainText(message) : undefined }),
    );
  return clean({
    phase: sandbox ? given['phase'] : openPhase(given['phase'], conditions),
    reason: given['reason'],
    message: given['message'],
    observedGeneration: given['observedGeneration'],
    conditions,
    initContainerStatuses: list(given['initContainerStatuses']).map(plainContainer),
    containerStatuses: list(given['containerStatuses']).map(plainContainer),
  });
}

function clean(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

/** Consecutive equal ones count once. */
export function distinct(statuses: readonly JsonObject[]): readonly string[] {
  const texts = statuses.map(canonicalJson);
  return texts.filter((text, index) => text !== texts[index - 1]);
}

/** The kubelet's events, one line each, without repetitions. */
export function plainEvents(events: readonly JsonObject[]): ReadonlySet<string> {
  const lines = events
    .filter((event) => (event['component'] ?? event['reportingComponent']) === 'kubelet')
    .map((event) => {
      const involved = isJsonObject(event['involvedObject']) ? event['involvedObject'] : {};
      const field = event['fieldPath'] ?? involved['fieldPath'] ?? '';
      const parts = [field, event['type'], event['reason'], plainText(text(event['message']))];
      return parts.map(text).join(' | ');
    });
  return new Set(lines);
}
