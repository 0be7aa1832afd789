import type { Json, JsonObject } from '../../src/api/json.js';
import { get, NAMESPACE, patch, post, remove, type Step, TABLE } from './step.js';

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const EVENTS = `/api/v1/namespaces/${NAMESPACE}/events`;

const pod = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { suite: 'tables' } },
  spec: {
    schedulerName: 'nobody',
    automountServiceAccountToken: false,
    readinessGates: [{ conditionType: 'example.dev/gate' }],
    initContainers: [
      { name: 'first', image: 'busybox' },
      { name: 'side', image: 'busybox', restartPolicy: 'Always' },
    ],
    containers: [
      { name: 'main', image: 'busybox' },
      { name: 'other', image: 'busybox' },
    ],
  },
});

const container = (name: string, state: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  image: 'busybox',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...more,
});
const running = (name: string, more: JsonObject = {}): JsonObject =>
  container(name, { running: { startedAt: '2026-01-01T00:00:00Z' } }, { ready: true, started: true, ...more });
const waiting = (name: string, reason: string): JsonObject => container(name, { waiting: { reason } });
const ended = (name: string, exitCode: number, more: JsonObject = {}): JsonObject =>
  container(name, { terminated: { exitCode, ...more } });
const done = ended('first', 0, { reason: 'Completed' });
const RESTARTED: JsonObject = {
  restartCount: 3,
  lastState: { terminated: { exitCode: 1, finishedAt: '2020-01-01T00:00:00Z' } },
};

/** Statuses of which kubectl makes one word each. */
const STATUSES: Readonly<Record<string, JsonObject>> = {
  'waiting to be initialised': { phase: 'Pending' },
  'an init container that waits': { phase: 'Pending', initContainerStatuses: [waiting('first', 'PodInitializing')] },
  'an init container without its image': {
    phase: 'Pending',
    initContainerStatuses: [waiting('first', 'ImagePullBackOff')],
  },
  'an init container that failed': { phase: 'Pending', initContainerStatuses: [ended('first', 3)] },
  'an init container that was killed': {
    phase: 'Pending',
    initContainerStatuses: [ended('first', 137, { signal: 9 })],
  },
  'a sidecar that starts': { phase: 'Pending', initContainerStatuses: [done, waiting('side', 'PodInitializing')] },
  'all that runs': {
    phase: 'Running',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    conditions: [{ type: 'example.dev/gate', status: 'True' }],
    initContainerStatuses: [done, running('side', RESTARTED)],
    containerStatuses: [running('main', RESTARTED), running('other')],
  },
  'one container that ended': {
    phase: 'Running',
    initContainerStatuses: [done, running('side')],
    containerStatuses: [ended('main', 0, { reason: 'Completed' }), running('other')],
  },
  'one container in a crash loop': {
    phase: 'Running',
    initContainerStatuses: [done, running('side')],
    containerStatuses: [container('main', { waiting: { reason: 'CrashLoopBackOff' } }, RESTARTED), running('other')],
  },
  'an end without a reason': {
    phase: 'Failed',
    initContainerStatuses: [done, running('side')],
    containerStatuses: [ended('main', 2), ended('other', 137, { signal: 9 })],
  },
  'memory that was not enough': {
    phase: 'Failed',
    initContainerStatuses: [done],
    containerStatuses: [ended('main', 137, { reason: 'OOMKilled' }), ended('other', 0, { reason: 'Completed' })],
  },
  'an eviction': { phase: 'Failed', reason: 'Evicted', message: 'no room' },
  'a success': {
    phase: 'Succeeded',
    initContainerStatuses: [done],
    containerStatuses: [ended('main', 0, { reason: 'Completed' })],
  },
};

const event = (name: string, rest: Readonly<Record<string, Json>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, labels: { suite: 'tables' } },
  involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'x', fieldPath: 'spec.containers{main}' },
  reason: 'Seen',
  message: ' more than\none line ',
  type: 'Warning',
  ...rest,
});

/** What `kubectl get` shows of pods and events. */
export const TABLE_STEPS: readonly Step[] = [
  post('a pod for tables', PODS, pod('shown'), { versions: 'none' }),
  ...Object.entries(STATUSES).flatMap(([what, status]) => [
    // Everything that the one before had is taken away first.
    patch(`a pod in a table, before ${what}`, `${PODS}/shown/status`, [{ op: 'replace', path: '/status', value: {} }], {
      type: 'application/json-patch+json',
    }),
    patch(`a pod becomes ${what}`, `${PODS}/shown/status`, { status }),
    get(`a pod in a table: ${what}`, PODS, { query: { labelSelector: 'suite=tables' }, accept: TABLE }),
  ]),
  patch('a pod in a table, held', `${PODS}/shown`, { metadata: { finalizers: ['example.dev/hold'] } }),
  patch('a pod in a table, running', `${PODS}/shown/status`, {
    status: { phase: 'Running', reason: null, containerStatuses: null },
  }),
  remove('a pod in a table, deleted', `${PODS}/shown`, { gracePeriodSeconds: 0 }),
  get('a pod in a table: while it is being deleted', PODS, { query: { labelSelector: 'suite=tables' }, accept: TABLE }),
  patch('a pod in a table, let go', `${PODS}/shown`, { metadata: { finalizers: null } }),
  post(
    'an event of old',
    EVENTS,
    event('old', {
      count: 4,
      firstTimestamp: '2020-01-01T00:00:00Z',
      lastTimestamp: '2024-01-01T00:00:00Z',
      source: { component: 'kubelet', host: 'n1' },
    }),
  ),
  post(
    'an event of the new form',
    EVENTS,
    event('new', {
      eventTime: '2022-01-01T00:00:00.000000Z',
      series: { count: 7, lastObservedTime: '2025-01-01T00:00:00.000000Z' },
      reportingComponent: 'example.dev/c',
      reportingInstance: 'c-1',
      action: 'Binding',
    }),
  ),
  get('events in a table', EVENTS, { query: { labelSelector: 'suite=tables' }, accept: TABLE }),
  remove('an event of old gone', `${EVENTS}/old`),
  remove('an event of the new form gone', `${EVENTS}/new`),
];
