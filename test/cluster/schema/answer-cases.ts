import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import { widgetDefinition } from './widget-definition.js';

/** A spec to create, or to change into after `old`. */
export interface AnswerCase {
  readonly name: string;
  readonly spec: Json;
  readonly old?: Json;
}

/** What the recorder asks a real API server about. */
export interface AnswerSuite {
  readonly file: string;
  readonly definition: JsonObject;
  readonly cases: readonly AnswerCase[];
}

function definition(file: string): JsonObject {
  const parsed: unknown = parse(readFileSync(new URL(`../../../crds/${file}`, import.meta.url), 'utf8'), {
    merge: true,
  });
  if (!isJsonObject(parsed)) throw new Error(`${file} is no object`);
  return parsed;
}

const all = (specs: Readonly<Record<string, Json>>): readonly AnswerCase[] =>
  Object.entries(specs).map(([name, spec]) => ({ name, spec }));

const pod = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  pod: { spec: { containers: [{ name: 'main', image: 'busybox' }] } },
  ...more,
});
const job = (name: string, spec: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  job: { spec: { template: { spec: { containers: [{ name: 'main', image: 'busybox' }], ...spec } } } },
  ...more,
});
const steps = (...list: Json[]): JsonObject => ({ steps: list });

const executions: readonly AnswerCase[] = [
  ...all({
    'one pod step': steps(pod('a')),
    'a graph': {
      order: 'Graph',
      steps: [pod('a'), pod('b', { dependsOn: ['a'] }), pod('c', { dependsOn: ['a', 'b'] })],
    },
    'a delay': steps({ name: 'a', delay: '30s' }),
    'no spec': {},
    'no steps': { steps: [] },
    'a misspelt field': steps(pod('a', { dependson: ['b'] })),
    'several misspelt fields': {
      order: 'Graph',
      stepps: [],
      steps: [pod('a', { tiemouts: {}, retry: { preexecution: {} } })],
    },
    'a step without an action': steps({ name: 'a' }),
    'a step with two actions': steps(pod('a', { delay: '3s' })),
    'dependsOn without order Graph': steps(pod('a'), pod('b', { dependsOn: ['a'] })),
    'dependsOn a later step': { order: 'Graph', steps: [pod('a', { dependsOn: ['b'] }), pod('b')] },
    'dependsOn an unknown step': { order: 'Graph', steps: [pod('a'), pod('b', { dependsOn: ['x'] })] },
    'dependsOn itself': { order: 'Graph', steps: [pod('a', { dependsOn: ['a'] })] },
    'a step name twice': steps(pod('a'), pod('a')),
    'a finally step named like a step': { steps: [pod('a')], finally: [pod('a')] },
    'a dependency twice': { order: 'Graph', steps: [pod('a'), pod('b', { dependsOn: ['a', 'a'] })] },
    'onFailure Continue without order Graph': { onFailure: 'Continue', steps: [pod('a')] },
    'an unknown onFailure': { onFailure: 'Explode', steps: [pod('a')] },
    'parallelism beyond its bounds': { parallelism: 13, steps: [pod('a')] },
    'parallelism of zero': { parallelism: 0, steps: [pod('a')] },
    'parallelism of a wrong type': { parallelism: '3', steps: [pod('a')] },
    'a bad timeout': { timeout: '5 minutes', steps: [pod('a')] },
    'a bad step name': steps(pod('A_b')),
    'an empty step name': steps(pod('')),
    'a step name that is too long': steps(pod('a'.repeat(41))),
    'a step without a name': steps({ delay: '3s' }),
    'a null default': { order: null, steps: [pod('a')] },
    'a null without default': { serviceAccountName: null, steps: [pod('a')] },
    parameters: {
      parameters: [
        { name: 'a', value: 'x' },
        { name: 'b', type: 'integer', default: '3' },
        { name: 'c', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      steps: [pod('a')],
    },
    'a parameter without a value': { parameters: [{ name: 'a' }], steps: [pod('a')] },
    'a parameter with value and valueFrom': {
      parameters: [{ name: 'a', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      steps: [pod('a')],
    },
    'a parameter with a bad name': { parameters: [{ name: 'a-b', value: 'x' }], steps: [pod('a')] },
    'a parameter twice': {
      parameters: [
        { name: 'a', value: 'x' },
        { name: 'a', value: 'y' },
      ],
      steps: [pod('a')],
    },
    'a secret without a key': {
      parameters: [{ name: 'a', valueFrom: { secretKeyRef: { name: 's' } } }],
      steps: [pod('a')],
    },
    'retries of a step that is not idempotent': steps(pod('a', { retry: { infrastructure: { limit: 2 } } })),
    'retries of an idempotent step': steps(
      pod('a', {
        idempotent: true,
        retry: { infrastructure: { limit: 2 }, execution: { limit: 1, exitCodes: [1, 2] } },
      }),
    ),
    'an exit code twice': steps(pod('a', { idempotent: true, retry: { execution: { limit: 1, exitCodes: [1, 1] } } })),
    'a base below a second': steps(pod('a', { retry: { preExecution: { base: '500ms' } } })),
    'a cap below its base': steps(pod('a', { retry: { preExecution: { base: '10m', cap: '1m' } } })),
    'a factor below one': steps(pod('a', { retry: { preExecution: { factor: 0.5 } } })),
    'a fractional factor': steps(pod('a', { retry: { preExecution: { factor: 1.5 } } })),
    'jitter beyond its bounds': steps(pod('a', { retry: { preExecution: { jitterPercent: 51, limit: 20 } } })),
    'a pod with anything else': steps({
      name: 'a',
      pod: {
        spec: {
          nodeName: 'x',
          foo: { bar: 1 },
          containers: [{ name: 'm', image: 'i', env: [{ name: 'A', value: 'b' }], bar: 1 }],
        },
      },
    }),
    'a pod without containers': steps({ name: 'a', pod: { spec: {} } }),
    'a pod with an empty list of containers': steps({ name: 'a', pod: { spec: { containers: [] } } }),
    'a container without image': steps({ name: 'a', pod: { spec: { containers: [{ name: 'm' }] } } }),
    'a container twice': steps({
      name: 'a',
      pod: {
        spec: {
          containers: [
            { name: 'm', image: 'i' },
            { name: 'm', image: 'j' },
          ],
        },
      },
    }),
    'a pod that restarts': steps({
      name: 'a',
      pod: { spec: { restartPolicy: 'Always', containers: [{ name: 'm', image: 'i' }] } },
    }),
    'a container that restarts': steps({
      name: 'a',
      pod: { spec: { containers: [{ name: 'm', image: 'i', restartPolicy: 'Always' }] } },
    }),
    'a sidecar': steps({
      name: 'a',
      pod: {
        spec: {
          initContainers: [{ name: 's', image: 'i', restartPolicy: 'Always' }],
          containers: [{ name: 'm', image: 'i' }],
        },
      },
    }),
    'an init container that restarts on failure': steps({
      name: 'a',
      pod: {
        spec: {
          initContainers: [{ name: 's', image: 'i', restartPolicy: 'OnFailure' }],
          containers: [{ name: 'm', image: 'i' }],
        },
      },
    }),
    'a job': steps(job('a', {})),
    'a job that restarts its pod': steps(job('a', { restartPolicy: 'OnFailure' })),
    'a job that restarts its pod, idempotent': steps(job('a', { restartPolicy: 'OnFailure' }, { idempotent: true })),
    'a job with a backoffLimit': steps({
      name: 'a',
      job: { spec: { backoffLimit: 2, template: { spec: { containers: [{ name: 'm', image: 'i' }] } } } },
    }),
    'a job with Lockstep business': steps({
      name: 'a',
      job: { spec: { suspend: true, template: { spec: { containers: [{ name: 'm', image: 'i' }] } } } },
    }),
    'a spec that is a string': 'x',
    'steps that are a map': { steps: { a: 1 } },
    'a step that is a string': steps('x'),
    'two faulty steps': steps({ name: 'a' }, pod('b', { retry: { infrastructure: { limit: 1 } } })),
  }),
  { name: 'an unchanged spec', old: steps(pod('a')), spec: steps(pod('a')) },
  { name: 'a changed spec', old: steps(pod('a')), spec: steps(pod('b')) },
  { name: 'steps in another order', old: steps(pod('a'), pod('b')), spec: steps(pod('b'), pod('a')) },
  { name: 'a default written out', old: steps(pod('a')), spec: { order: 'Sequential', steps: [pod('a')] } },
];

const ref = { name: 'run', uid: 'u' };
const actions: readonly AnswerCase[] = [
  ...all({
    'a cancel': { verb: 'Cancel', executionRef: ref, requestedBy: 'me' },
    'an unknown verb': { verb: 'Stop', executionRef: ref, requestedBy: 'me' },
    'no requestedBy': { verb: 'Cancel', executionRef: ref },
    nothing: {},
    'an empty requestedBy': { verb: 'Cancel', executionRef: ref, requestedBy: '' },
    'an assertion without step': { verb: 'AssertStopped', executionRef: ref, requestedBy: 'me' },
    'an assertion with a short reason': {
      verb: 'AssertStopped',
      executionRef: ref,
      requestedBy: 'me',
      step: 'a',
      reason: 'x',
    },
    'an assertion': {
      verb: 'AssertStopped',
      executionRef: ref,
      requestedBy: 'me',
      step: 'a',
      reason: 'I saw that it is gone',
    },
    'a reason that is too long': { verb: 'Cancel', executionRef: ref, requestedBy: 'me', reason: 'ä'.repeat(1025) },
    'a reason of umlauts that is not': {
      verb: 'Cancel',
      executionRef: ref,
      requestedBy: 'me',
      reason: 'ä'.repeat(1024),
    },
  }),
  {
    name: 'a changed action',
    old: { verb: 'Cancel', executionRef: ref, requestedBy: 'me' },
    spec: { verb: 'Terminate', executionRef: ref, requestedBy: 'me' },
  },
];

const widgets: readonly AnswerCase[] = [
  ...all({
    'short, unlisted, too large': { text: 'A', colour: 'blue', level: 7, int: 11 },
    'too long': { text: 'abcdefg', int: 3, int32: 99999999999, exclusive: 0, num: null },
    'fractions and bounds': { exclusive: 1, int: 1.5, flag: 'x' },
    'bad formats': { when: 'x', dur: 'y', bytes: '%', mail: 'x', uuid: 'q', ip: 'w', day: 'e', uri: '://', host: '_' },
    'good formats': {
      when: '2026-01-02T03:04:05.678Z',
      dur: '1h30m',
      bytes: 'aGk=',
      mail: 'a@b.de',
      uuid: '123e4567-e89b-12d3-a456-426614174000',
      ip: '10.0.0.1',
      day: '2026-02-28',
      uri: 'https://x/y',
      host: 'a.b',
    },
    'days that do not exist': { when: '2026-02-30T00:00:00Z', day: '2026-13-01' },
    'times with offsets': { when: '2026-02-03T00:00:00+02:00' },
    'a time without a zone': { when: '2026-02-03T00:00:00' },
    nulls: { maybe: null, maybeDefault: null, withDefault: null, nested: null, noDefault: null, any: null },
    'an empty object with defaults': { noDefault: {} },
    'a null inside an object with defaults': { noDefault: { b: null } },
    'too many properties': { noDefault: { a: 1, b: 'x' }, labels: { a: 'x', b: 'y', c: 'z' } },
    'bad ports': { port: 1.5, port2: 'abc' },
    'a boolean port': { port: true, port2: 5 },
    'good ports': { port: 'x', port2: '5%' },
    'unknown fields kept': { open: { x: { y: 1 }, known: { k: 'a' } }, any: [{ a: 1 }] },
    'unknown fields below known ones': { open: { x: { y: 1 }, known: { k: 'a', z: 1 } } },
    'embedded objects that say nothing': { embedded: { x: 1 }, embedded2: { kind: 'a' } },
    'embedded objects': {
      embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { x: 1 } },
      embedded2: { apiVersion: 'v1', kind: 'X', spec: { a: 'x' } },
    },
    'embedded objects with unknown fields': {
      embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', foo: 1 } },
      embedded2: { apiVersion: 'v1', kind: 'X', spec: { a: 'x', b: 1 }, other: 2 },
    },
    'long labels': { labels: { a: 'long', b: 'x', c: 'y' } },
    'nulls and numbers in maps': { labels: { a: null, b: 1 }, objs: { x: { r: 'a' }, y: {}, w: null } },
    'unknown fields in maps': { objs: { x: { r: 'a', z: 1 } } },
    'sets with duplicates': { tags: ['a', 'b', 'a'], ints: [1, 1, 1] },
    'too few': { tags: [] },
    'too many': { tags: ['a', 'b', 'c', 'd'] },
    'nulls in lists': { tags: [null, null] },
    'keyed lists with duplicates': {
      items: [{ name: 'a' }, { name: 'a', count: 2 }],
      ports: [{ port: 1 }, { port: 1, proto: 'TCP' }, { proto: 'x' }],
    },
    logic: { choice: { a: 'x', b: 'y', c: 'z' }, some: {}, both: { b: 'x' } },
    'logic, none': { choice: {} },
    'logic, well': { choice: { a: 'x' }, some: { b: 'x' }, both: { a: 'x', b: 'xyz' } },
    'rules, all broken': {
      cel: {
        n: 9,
        d: 5,
        s: 'a,b,c',
        m: { b: 'x' },
        namespace: 'kube-system',
        when: '2031-01-01T00:00:00Z',
        l: [5, 4],
        p: 'x',
        'x.y': 'no',
        q: '2Gi',
        u: 'http://x.y/',
        f: '1a',
        setA: ['b'],
        g: 'q',
      },
    },
    'rules, all kept': {
      cel: {
        n: 8,
        d: 4,
        s: 'a,b',
        m: { a: 'x' },
        namespace: 'x',
        when: '2021-01-01T00:00:00Z',
        l: [1, 5],
        p: 5,
        'x.y': 'OK',
        q: '1Mi',
        u: 'http://example.com/a',
        f: '12ab',
        setA: ['ab'],
        g: ' aab',
      },
    },
    'rules that fail': { cel: { q: 'xx', u: 'not a url', l: [], g: '' } },
    'a string as spec': 'x',
    'a list as spec': [1],
    'unknown fields': {
      unknown: 1,
      nested: { z: 1, y: [{ q: 1 }] },
      items: [{ name: 'a', list: [{ w: 1 }, { x: 'q', v: 2 }] }],
    },
    'wrong types': { text: 5, level: 'x', colour: 5, num: 'x', int: '5', flag: 1 },
    'a map for a list': { items: { a: 1 } },
    'other wrong types': { nested: 'x', labels: [1] },
    'a value that is not checked for CEL': { cel: { n: 100 }, colour: 'blue' },
  }),
  {
    name: 'transition rules of keyed items',
    old: {
      items: [
        { name: 'a', count: 5 },
        { name: 'b', count: 2 },
      ],
      frozen: 'x',
    },
    spec: {
      items: [
        { name: 'b', count: 2 },
        { name: 'a', count: 4 },
      ],
      frozen: 'y',
    },
  },
  { name: 'a transition rule without an old value', old: {}, spec: { frozen: 'y', items: [{ name: 'a', count: 1 }] } },
  { name: 'an update without change', old: { frozen: 'y', tags: ['a'] }, spec: { frozen: 'y', tags: ['a'] } },
];

export const answerSuites: readonly AnswerSuite[] = [
  { file: 'workflowexecutions.json', definition: definition('workflowexecutions.yaml'), cases: executions },
  { file: 'workflowactions.json', definition: definition('workflowactions.yaml'), cases: actions },
  { file: 'widgets.json', definition: widgetDefinition, cases: widgets },
];
