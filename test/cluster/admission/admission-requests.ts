import type { Json, JsonObject } from '../../../src/api/json.js';

/** A request that a real API server has answered and the embedded one has to answer the same. */
export interface AdmissionRequest {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
  /** Sent by this user, who may do only what the setup's bindings say; absent: by the administrator. */
  readonly user?: string;
}

const core = (namespace: string, plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;
const jobs = '/apis/batch/v1/namespaces/lockstep-plain/jobs';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** The namespaces of the cases, by what is special about them. */
export const namespaces: readonly JsonObject[] = [
  { metadata: { name: 'lockstep-plain' } },
  { metadata: { name: 'lockstep-quota' } },
  { metadata: { name: 'lockstep-full' } },
  { metadata: { name: 'lockstep-limits' } },
  { metadata: { name: 'lockstep-baseline', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
  { metadata: { name: 'lockstep-restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
];
const names = ['plain', 'quota', 'full', 'limits', 'baseline', 'restricted'].map((name) => `lockstep-${name}`);

const hard = {
  pods: '1',
  'requests.cpu': '1',
  'limits.memory': '1Gi',
  'count/configmaps': '1',
  'count/jobs.batch': '1',
};
const quota = { metadata: { name: 'q' }, spec: { hard } };
const used = {
  pods: '1',
  'requests.cpu': '500m',
  'limits.memory': '512Mi',
  'count/configmaps': '1',
  'count/jobs.batch': '1',
};

const c = (more: JsonObject = {}): JsonObject => ({ name: 'a', image: 'x', ...more });
const runnable: JsonObject = { containers: [c()], restartPolicy: 'Never' };

/** Makes what the cases need; not compared. */
export const setup: readonly AdmissionRequest[] = [
  ...namespaces.map((body) => ({ name: 'namespace', method: 'POST' as const, path: '/api/v1/namespaces', body })),
  ...names.map((namespace) => ({
    name: 'account',
    method: 'POST' as const,
    path: core(namespace, 'serviceaccounts'),
    body: { metadata: { name: 'default' } },
  })),
  { name: 'quota', method: 'POST', path: core('lockstep-full', 'resourcequotas'), body: quota },
  {
    name: 'used',
    method: 'PUT',
    path: `${core('lockstep-full', 'resourcequotas')}/q/status`,
    body: { ...quota, status: { hard, used } },
  },
  {
    name: 'only pods',
    method: 'POST',
    path: core('lockstep-quota', 'resourcequotas'),
    body: { metadata: { name: 'one' }, spec: { hard: { pods: '1' } } },
  },
  {
    name: 'none used',
    method: 'PUT',
    path: `${core('lockstep-quota', 'resourcequotas')}/one/status`,
    body: {
      metadata: { name: 'one' },
      spec: { hard: { pods: '1' } },
      status: { hard: { pods: '1' }, used: { pods: '1' } },
    },
  },
  {
    name: 'limits',
    method: 'POST',
    path: core('lockstep-limits', 'limitranges'),
    body: {
      metadata: { name: 'l' },
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '500m' },
            defaultRequest: { cpu: '100m' },
            max: { cpu: '1' },
            min: { cpu: '50m' },
          },
          { type: 'Pod', max: { memory: '1Gi' } },
        ],
      },
    },
  },
  {
    name: 'pod',
    method: 'POST',
    path: core('lockstep-plain', 'pods'),
    body: {
      metadata: { name: 'up' },
      spec: {
        containers: [c()],
        automountServiceAccountToken: false,
        activeDeadlineSeconds: 100,
        schedulingGates: [{ name: 'a.b/c' }],
      },
    },
  },
  {
    name: 'job',
    method: 'POST',
    path: jobs,
    body: { metadata: { name: 'up' }, spec: { suspend: false, template: { spec: runnable } } },
  },
  {
    name: 'role',
    method: 'POST',
    path: `${rbac}/namespaces/lockstep-plain/roles`,
    body: {
      metadata: { name: 'reader' },
      rules: [
        { apiGroups: [''], resources: ['pods'], resourceNames: ['up'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods/log'], verbs: ['*'] },
        { apiGroups: ['batch'], resources: ['*'], verbs: ['list'] },
      ],
    },
  },
  {
    name: 'binding',
    method: 'POST',
    path: `${rbac}/namespaces/lockstep-plain/rolebindings`,
    body: {
      metadata: { name: 'reader' },
      roleRef: { apiGroup, kind: 'Role', name: 'reader' },
      subjects: [{ apiGroup, kind: 'User', name: 'ann' }],
    },
  },
  {
    name: 'dangling',
    method: 'POST',
    path: `${rbac}/namespaces/lockstep-plain/rolebindings`,
    body: {
      metadata: { name: 'dangling' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'missing' },
      subjects: [{ apiGroup, kind: 'User', name: 'eve' }],
    },
  },
];

type Group = Readonly<Record<string, Json>>;

const pods = (namespace: string, specs: Group): readonly AdmissionRequest[] =>
  Object.entries(specs).map(([name, spec]) => ({
    name: `pod in ${namespace}: ${name}`,
    method: 'POST',
    path: core(`lockstep-${namespace}`, 'pods'),
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec },
  }));
const creations = (what: string, path: string, bodies: Group): readonly AdmissionRequest[] =>
  Object.entries(bodies).map(([name, body]) => ({ name: `${what}: ${name}`, method: 'POST', path, body }));
const patches = (what: string, path: string, bodies: Group): readonly AdmissionRequest[] =>
  Object.entries(bodies).map(([name, body]) => ({ name: `${what}: ${name}`, method: 'PATCH', path, body }));
const asked = (
  user: string,
  paths: readonly (readonly [AdmissionRequest['method'], string])[],
): readonly AdmissionRequest[] =>
  paths.map(([method, path]) => ({
    name: `${user}: ${method} ${path}`,
    method,
    path,
    user,
    ...(method === 'POST' || method === 'PATCH' ? { body: {} } : {}),
  }));
const job = (spec: JsonObject, metadata: JsonObject = {}): Json => ({ metadata: { name: 'x', ...metadata }, spec });

const plainPods = pods('plain', {
  'no containers': { containers: [] },
  nothing: {},
  'no image': { containers: [{ name: 'a' }] },
  'no name': { containers: [{ image: 'a' }] },
  'bad names': {
    containers: [
      { name: 'A_', image: 'a' },
      { name: 'b', image: ' x' },
      { name: 'b', image: 'x' },
    ],
  },
  'unknown policies': { containers: [c()], restartPolicy: 'Foo', dnsPolicy: 'Bar', activeDeadlineSeconds: 0 },
  'a bad container': {
    containers: [
      c({
        imagePullPolicy: 'Foo',
        terminationMessagePolicy: 'X',
        env: [
          { name: '', value: 'x' },
          { name: '1=', value: 'a' },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'x' } } },
          { name: 'C', value: 'x', valueFrom: { configMapKeyRef: { name: 'x', key: 'k' } } },
          { name: 'D', valueFrom: {} },
          { name: 'E', valueFrom: { fieldRef: { fieldPath: 'foo' } } },
        ],
        envFrom: [{}, { configMapRef: { name: '' } }],
      }),
    ],
    initContainers: [{ name: 'a', image: 'y' }],
  },
  'bad resources': {
    containers: [
      c({ resources: { requests: { cpu: '2', memory: '1Gi', foo: '1' }, limits: { cpu: '1', memory: '-1' } } }),
    ],
  },
  'a bad quantity': { containers: [c({ resources: { limits: { cpu: '1Zi' } } })] },
  'a bad suffix': { containers: [c({ resources: { limits: { cpu: '1m1' } } })] },
  'bad volumes': {
    containers: [c({ volumeMounts: [{ name: 'v', mountPath: '/x' }, { name: 'w' }] })],
    volumes: [{ name: 'w' }, { name: 'w', emptyDir: {}, configMap: { name: 'x' } }, { name: 'z', secret: {} }],
  },
  'an unknown service account': { containers: [c()], serviceAccountName: 'nope' },
  'an unknown priority class': { containers: [c()], priorityClassName: 'nope' },
  'a priority': { containers: [c()], priority: 5 },
  sidecars: { containers: [c()], initContainers: [{ name: 'i', image: 'y', restartPolicy: 'Always' }] },
  'bad restart policies': {
    containers: [c({ restartPolicy: 'Foo' })],
    initContainers: [{ name: 'i', image: 'y', lifecycle: { preStop: { exec: { command: ['x'] } } } }],
  },
  'bad handlers': {
    containers: [
      c({
        livenessProbe: {},
        readinessProbe: { exec: { command: ['a'] }, httpGet: { port: 1 }, periodSeconds: -1 },
        lifecycle: { preStop: { sleep: { seconds: -1 } } },
      }),
    ],
  },
  'unknown fields': { containers: [c({ foo: 1 })], nodeNme: 'x' },
  'wrong types': { containers: 'x' },
  'a number for a name': { containers: [{ name: 5, image: 'x' }] },
  'a string for a number': { containers: [c()], activeDeadlineSeconds: 'x' },
  'a string for a flag': { containers: [c()], hostNetwork: 'x' },
  'a string for a struct': { containers: [c()], securityContext: 'x' },
  'a list for a map': { containers: [c()], nodeSelector: [] },
  'all kinds of volumes': {
    containers: [c({ image: 'x:1', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } })],
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    volumes: [
      { name: 'c', configMap: { name: 'x' } },
      { name: 's', secret: { secretName: 'x' } },
      { name: 'e', emptyDir: {} },
      { name: 'n' },
      { name: 'h', hostPath: { path: '/x' } },
      { name: 'p', persistentVolumeClaim: { claimName: 'x' } },
      { name: 'd', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ],
  },
  'ports and probes': {
    containers: [
      c({
        image: 'x@sha256:abc',
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { port: 80 } },
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
    ],
    hostNetwork: true,
    restartPolicy: 'Never',
    securityContext: { runAsUser: 0 },
  },
  'what is empty': {
    containers: [
      c({
        image: 'localhost:5000/x:latest',
        workingDir: '',
        command: [],
        args: [''],
        env: [{ name: 'A', value: '' }],
        securityContext: { privileged: false, runAsUser: null },
      }),
    ],
    tolerations: [{ operator: 'Exists' }],
    nodeSelector: {},
    hostname: '',
  },
  'bad everything else': {
    containers: [
      c({
        securityContext: { runAsUser: -1 },
        ports: [{ containerPort: 0 }, { containerPort: 70000, protocol: 'X', name: 'A_' }],
      }),
    ],
    tolerations: [
      { operator: 'Equal', effect: 'X' },
      { operator: 'Exists', value: 'a', key: 'k' },
      { key: 'k', tolerationSeconds: 5 },
    ],
    schedulingGates: [{ name: 'x' }, { name: 'x' }],
    nodeSelector: { a: '_b_' },
    hostname: 'A_',
    nodeName: 'a_b',
    activeDeadlineSeconds: 3_000_000_000,
  },
  guaranteed: { containers: [c({ resources: { limits: { cpu: '1', memory: '1Gi' } } })] },
  burstable: { containers: [c({ resources: { requests: { cpu: '100m' } } })] },
});

const good = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const securityPods = [
  ...pods('restricted', {
    'nothing said': { containers: [c()] },
    'much said': {
      containers: [
        c(),
        {
          name: 'b',
          image: 'x',
          securityContext: { runAsUser: 0, privileged: true, capabilities: { add: ['NET_ADMIN'], drop: ['X'] } },
        },
      ],
      securityContext: { runAsNonRoot: false, runAsUser: 0 },
      volumes: [{ name: 'h', hostPath: { path: '/' } }],
    },
    'init containers': {
      containers: [c()],
      initContainers: [{ name: 'i', image: 'x' }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } },
    },
    'all well': { containers: [c({ securityContext: good })] },
    'all well by the pod': {
      containers: [c({ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } })],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    },
  }),
  ...pods('baseline', {
    'nothing said': { containers: [c()] },
    'much said': {
      hostPID: true,
      containers: [
        c({
          ports: [{ containerPort: 1, hostPort: 5 }],
          securityContext: {
            privileged: true,
            capabilities: { add: ['NET_ADMIN'] },
            seccompProfile: { type: 'Unconfined' },
            seLinuxOptions: { type: 'x' },
          },
        }),
      ],
      volumes: [{ name: 'h', hostPath: { path: '/' } }],
      securityContext: { sysctls: [{ name: 'kernel.x', value: '1' }] },
    },
    'other things': {
      hostNetwork: true,
      containers: [
        c(),
        {
          name: 'b',
          image: 'x',
          securityContext: { capabilities: { add: ['SYS_TIME'] }, appArmorProfile: { type: 'Unconfined' } },
        },
      ],
      securityContext: { seccompProfile: { type: 'Unconfined' }, windowsOptions: { hostProcess: true } },
    },
  }),
];

const jobCases = creations('job', jobs, {
  'a good one': job({ template: { spec: runnable } }),
  'without restartPolicy': job({ template: { spec: { containers: [c()] } } }),
  nothing: job({}),
  'bad numbers': job({
    backoffLimit: -1,
    parallelism: -1,
    completions: -1,
    activeDeadlineSeconds: -1,
    ttlSecondsAfterFinished: -1,
    completionMode: 'X',
    podReplacementPolicy: 'Y',
    template: { spec: { containers: [], restartPolicy: 'Always' } },
  }),
  'a limit per index without indices': job({ parallelism: 3, backoffLimitPerIndex: 1, template: { spec: runnable } }),
  indexed: job({
    parallelism: 3,
    completions: 3,
    completionMode: 'Indexed',
    backoffLimitPerIndex: 1,
    template: { spec: runnable },
  }),
  'indexed without completions': job({ completionMode: 'Indexed', parallelism: 2, template: { spec: runnable } }),
  'a bad failure policy': job({
    podFailurePolicy: {
      rules: [
        { action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 3, 3] } },
        { action: 'X', onPodConditions: [{ type: 'DisruptionTarget' }] },
        { action: 'Count' },
      ],
    },
    template: { spec: runnable },
  }),
  'a failure policy': job({
    parallelism: 3,
    podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
    template: { spec: { containers: [c({ resources: { limits: { cpu: '1' } } })], restartPolicy: 'Never' } },
  }),
  'a selector of its own': job({
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { x: 'y' } }, spec: runnable },
  }),
  'a manual selector': job({
    manualSelector: true,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: runnable },
  }),
  'labels of its own': job(
    { template: { metadata: { labels: { t: '1' } }, spec: runnable } },
    { labels: { mine: '1' } },
  ),
  'labels of the template': job({ template: { metadata: { labels: { t: '1' } }, spec: runnable } }),
  'unknown fields': job({ template: { spec: { ...runnable, foo: 1 } }, bar: 2 }),
});

const plain = (plural: string): string => core('lockstep-plain', plural);

/** Compared. */
export const requests: readonly AdmissionRequest[] = [
  ...plainPods,
  ...pods('quota', { 'one too many': { containers: [c()] } }),
  ...pods('full', {
    'nothing specified': { containers: [c(), { name: 'b', image: 'x' }] },
    'too much': { containers: [c({ resources: { limits: { cpu: '0.6', memory: '600Mi' } } })] },
  }),
  ...pods('limits', {
    'no limit of memory': { containers: [c()] },
    outside: { containers: [c({ resources: { limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '10m' } } })] },
    inside: { containers: [c({ resources: { limits: { cpu: '200m', memory: '1Mi' } } })] },
    'by default': { containers: [c({ resources: { limits: { memory: '1Mi' } } })] },
  }),
  ...securityPods,
  ...jobCases,
  ...creations('configmap in full', core('lockstep-full', 'configmaps'), {
    'one too many': { metadata: { name: 'x' } },
  }),
  ...creations('job in full', '/apis/batch/v1/namespaces/lockstep-full/jobs', {
    'one too many': job({ template: { spec: runnable } }),
  }),
  ...creations('configmap', plain('configmaps'), {
    'bad keys': { metadata: { name: 'x' }, data: { 'a/b': 'x', b: 'c' }, binaryData: { b: 'aGk=' } },
    'bad base64': { metadata: { name: 'x' }, binaryData: { b: '%' } },
    good: { metadata: { name: 'x' }, data: { b: 'c', e: '' } },
    'a number': { metadata: { name: 'x' }, data: { b: 5 } },
  }),
  ...creations('secret', plain('secrets'), {
    'bad keys': { metadata: { name: 'x' }, data: { 'a/b': 'aGk=' } },
    text: { metadata: { name: 'x' }, stringData: { b: 'c' } },
    'tls without keys': { metadata: { name: 'x' }, type: 'kubernetes.io/tls' },
  }),
  ...creations('namespace', '/api/v1/namespaces', { good: { metadata: { name: 'ab' } } }),
  ...creations('node', '/api/v1/nodes', {
    'a bad taint': { metadata: { name: 'n1' }, spec: { taints: [{ key: 'a', effect: 'X' }] } },
  }),
  ...creations('lease', '/apis/coordination.k8s.io/v1/namespaces/lockstep-plain/leases', {
    'whole seconds': { metadata: { name: 'x' }, spec: { renewTime: '2026-01-01T00:00:00Z' } },
    'no duration': {
      metadata: { name: 'x' },
      spec: { holderIdentity: '', leaseDurationSeconds: 0, leaseTransitions: -1 },
    },
    good: {
      metadata: { name: 'x' },
      spec: { holderIdentity: '', leaseDurationSeconds: 5, renewTime: '2026-01-01T00:00:00.000000Z' },
    },
  }),
  ...creations('event', plain('events'), {
    'of another namespace': { metadata: { name: 'x' }, involvedObject: { kind: 'Pod', name: 'x', namespace: 'other' } },
    short: {
      metadata: { name: 'x' },
      involvedObject: { kind: 'Pod', name: 'x', namespace: 'lockstep-plain' },
      type: 'Weird',
    },
  }),
  ...creations('limitrange', plain('limitranges'), {
    defaults: {
      metadata: { name: 'x' },
      spec: { limits: [{ type: 'Container', default: { cpu: '0.5' }, max: { cpu: '1' } }] },
    },
  }),
  ...creations('resourcequota', plain('resourcequotas'), {
    'bad names': { metadata: { name: 'x' }, spec: { hard: { foo: '1', pods: '-1', 'requests.cpu': '0.5' } } },
    'half a pod': { metadata: { name: 'x' }, spec: { hard: { pods: '1.5' } } },
    'no quantity': { metadata: { name: 'x' }, spec: { hard: { cpu: 'x' } } },
    good: {
      metadata: { name: 'x' },
      spec: { hard: { 'requests.cpu': '0.5', 'limits.memory': '1024Mi', 'count/jobs.batch': '5' } },
    },
  }),
  ...patches('changed pod', `${plain('pods')}/up`, {
    node: { spec: { nodeName: 'n' } },
    restartPolicy: { spec: { restartPolicy: 'Never' } },
    'a longer deadline': { spec: { activeDeadlineSeconds: 200 } },
    'no deadline': { spec: { activeDeadlineSeconds: null } },
    'a shorter deadline': { spec: { activeDeadlineSeconds: 50 } },
    'a new gate': { spec: { schedulingGates: [{ name: 'd.e/f' }] } },
    'no gate': { spec: { schedulingGates: null } },
    'another grace period': { spec: { terminationGracePeriodSeconds: 1 } },
    'one more container': { spec: { containers: [c(), { name: 'b', image: 'x' }] } },
    'another image': { spec: { containers: [c({ image: 'y' })] } },
    'another label': { metadata: { labels: { a: 'b' } } },
  }),
  ...patches('changed job', `${jobs}/up`, {
    completions: { spec: { completions: 3 } },
    parallelism: { spec: { parallelism: 2 } },
    'no selector': { spec: { selector: null } },
    backoffLimit: { spec: { backoffLimit: 1 } },
    suspended: { spec: { suspend: true } },
  }),
  ...asked('bob', [
    ['GET', plain('pods')],
    ['POST', plain('pods')],
    ['GET', '/api/v1/pods'],
    ['GET', '/api/v1/nodes/x'],
    ['PATCH', `${plain('pods')}/x/status`],
    ['DELETE', `${jobs}/j`],
    ['DELETE', jobs],
    ['GET', '/metrics'],
    ['GET', `${plain('pods')}/x/log`],
    ['GET', '/api/v1/namespaces/lockstep-plain'],
  ]),
  ...asked('ann', [
    ['GET', `${plain('pods')}/up`],
    ['GET', `${plain('pods')}/other`],
    ['GET', plain('pods')],
    ['DELETE', `${plain('pods')}/up`],
    ['GET', '/apis/batch/v1/namespaces/lockstep-full/jobs'],
  ]),
  ...asked('eve', [['GET', `${plain('pods')}/up`]]),
];
