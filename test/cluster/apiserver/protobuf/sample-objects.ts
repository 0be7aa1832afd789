import type { JsonObject } from '../../../../src/api/json.js';

/** The namespace in which the objects are recorded. */
export const NAMESPACE = 'protobuf-samples';

const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const probe = (handler: JsonObject): JsonObject => ({ ...handler, periodSeconds: 7, initialDelaySeconds: 3 });
const selector = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'In', values: ['d', 'e'] }] };
const affinityTerm = { labelSelector: selector, topologyKey: 'zone', namespaces: ['x'] };
const nodeTerm = {
  matchExpressions: [{ key: 'c', operator: 'Exists' }],
  matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
};

/** Something of each type of value: pointers that are zero, numbers in lists, maps of bytes, times, what is embedded. */
const POD_SPEC: JsonObject = {
  schedulerName: 'nobody',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  shareProcessNamespace: true,
  terminationGracePeriodSeconds: 9,
  activeDeadlineSeconds: 99,
  restartPolicy: 'Never',
  nodeSelector: { disk: 'ssd' },
  hostname: 'host',
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }],
  imagePullSecrets: [{ name: 'pull' }],
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['1.1.1.1'], searches: ['x'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
  readinessGates: [{ conditionType: 'example.dev/gate' }],
  tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }],
  topologySpreadConstraints: [
    { maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, preference: nodeTerm }],
    },
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [affinityTerm] },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 4, podAffinityTerm: affinityTerm }],
    },
  },
  securityContext: {
    runAsUser: 0,
    runAsNonRoot: false,
    supplementalGroups: [1, 300, 2_000_000_000],
    fsGroup: 5,
    sysctls: [{ name: 'net.core.somaxconn', value: '1' }],
    seccompProfile: { type: 'RuntimeDefault' },
  },
  initContainers: [{ name: 'side', image: 'busybox', restartPolicy: 'Always' }],
  containers: [
    {
      name: 'main',
      image: 'busybox:1.36',
      command: ['sh', '-c', 'echo "Grüße"'],
      args: ['', 'x'],
      workingDir: '/w',
      tty: true,
      ports: [{ name: 'http', containerPort: 80, protocol: 'UDP' }],
      env: [
        { name: 'PLAIN', value: 'x' },
        { name: 'EMPTY' },
        { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
        { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'm', key: 'k', optional: false } } },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'm' } }, { secretRef: { name: 's', optional: true } }],
      resources: { limits: { cpu: '1500m', memory: '64Mi' }, requests: { cpu: '1' } },
      volumeMounts: [{ name: 'empty', mountPath: '/e', readOnly: true, subPath: 's' }],
      livenessProbe: probe({ httpGet: { path: '/live', port: 'http', httpHeaders: [{ name: 'A', value: 'b' }] } }),
      readinessProbe: probe({ tcpSocket: { port: 8080 } }),
      startupProbe: probe({ exec: { command: ['true'] } }),
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
      securityContext: {
        privileged: false,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsGroup: 0,
        capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
      },
    },
  ],
  volumes: [
    { name: 'empty', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    { name: 'map', configMap: { name: 'm', defaultMode: 0o400, items: [{ key: 'k', path: 'p', mode: 0 }] } },
    { name: 'secret', secret: { secretName: 's', optional: true } },
    { name: 'claim', persistentVolumeClaim: { claimName: 'c', readOnly: true } },
    { name: 'host', hostPath: { path: '/x', type: 'Directory' } },
    {
      name: 'projected',
      projected: {
        sources: [
          { serviceAccountToken: { path: 't', expirationSeconds: 3600, audience: 'a' } },
          { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          { secret: { name: 's', items: [{ key: 'k', path: 'p' }] } },
        ],
      },
    },
    { name: 'made', ephemeral: { volumeClaimTemplate: { spec: claimSpec() } } },
  ],
};

function claimSpec(): JsonObject {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '' };
}

interface Sample {
  /** Of its collection. */
  readonly path: string;
  readonly object: JsonObject;
}

function sample(path: string, apiVersion: string, kind: string, content: JsonObject): Sample {
  const labels = { suite: 'protobuf', empty: '' };
  const metadata = { name: NAMESPACE, labels, annotations: { 'example.dev/a': 'ä' } };
  return { path, object: { apiVersion, kind, metadata, ...content } };
}

/** An object of each kind that is read in protobuf and stored. */
export const SAMPLES: readonly Sample[] = [
  sample('/api/v1/namespaces', 'v1', 'Namespace', {}),
  sample('/api/v1/nodes', 'v1', 'Node', {
    spec: { unschedulable: true, taints: [{ key: 'a', effect: 'NoSchedule' }], podCIDR: '10.0.0.0/24' },
    status: { capacity: { cpu: '2', memory: '1Gi' } },
  }),
  sample(`${CORE}/pods`, 'v1', 'Pod', { spec: POD_SPEC }),
  sample(`${CORE}/configmaps`, 'v1', 'ConfigMap', {
    data: { a: '1', empty: '' },
    binaryData: { b: 'AAH/' },
    immutable: false,
  }),
  sample(`${CORE}/secrets`, 'v1', 'Secret', { stringData: { a: 'x' }, data: { b: 'AAH/' }, immutable: true }),
  sample(`${CORE}/serviceaccounts`, 'v1', 'ServiceAccount', {
    automountServiceAccountToken: false,
    secrets: [{ name: 's' }],
    imagePullSecrets: [{ name: 'p' }],
  }),
  sample(`${CORE}/events`, 'v1', 'Event', {
    involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'x', fieldPath: 'spec.containers{main}' },
    reason: 'Seen',
    message: 'm',
    type: 'Normal',
    count: 3,
    firstTimestamp: '2020-01-01T00:00:00Z',
    lastTimestamp: '2020-01-02T00:00:00Z',
    eventTime: '2022-01-01T00:00:00.000123Z',
    series: { count: 7, lastObservedTime: '2025-01-01T00:00:00.120000Z' },
    reportingComponent: 'example.dev/c',
    reportingInstance: 'c-1',
    action: 'Binding',
  }),
  sample(`${CORE}/resourcequotas`, 'v1', 'ResourceQuota', {
    spec: {
      hard: { 'count/foos': '4', 'limits.cpu': '1500m' },
      scopes: ['NotTerminating'],
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['x'] }] },
    },
  }),
  sample(`${CORE}/limitranges`, 'v1', 'LimitRange', {
    spec: { limits: [{ type: 'Container', max: { cpu: '8' }, default: { memory: '128Mi' } }] },
  }),
  sample(`${CORE}/persistentvolumeclaims`, 'v1', 'PersistentVolumeClaim', { spec: claimSpec() }),
  sample(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`, 'batch/v1', 'Job', {
    spec: {
      suspend: true,
      backoffLimit: 0,
      completions: 3,
      parallelism: 0,
      completionMode: 'Indexed',
      ttlSecondsAfterFinished: 0,
      backoffLimitPerIndex: 1,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onExitCodes: { containerName: 'main', operator: 'In', values: [1, 42, 255] } },
          { action: 'FailIndex', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: { metadata: { labels: { x: 'y' } }, spec: POD_SPEC },
    },
  }),
  sample(`/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`, 'coordination.k8s.io/v1', 'Lease', {
    spec: {
      holderIdentity: '',
      leaseDurationSeconds: 15,
      acquireTime: '2022-01-01T00:00:00.000001Z',
      renewTime: '2022-01-01T00:00:00.999999Z',
      leaseTransitions: 0,
    },
  }),
  sample(`/apis/apps/v1/namespaces/${NAMESPACE}/controllerrevisions`, 'apps/v1', 'ControllerRevision', {
    revision: 3,
    data: { a: [1, { b: null }], c: 'ü' },
  }),
  sample(`${RBAC}/namespaces/${NAMESPACE}/roles`, 'rbac.authorization.k8s.io/v1', 'Role', {
    rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: ['x'], verbs: ['get', 'list'] }],
  }),
  sample(`${RBAC}/namespaces/${NAMESPACE}/rolebindings`, 'rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
    subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'b' }],
  }),
  sample(`${RBAC}/clusterroles`, 'rbac.authorization.k8s.io/v1', 'ClusterRole', {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { nothing: 'has-this' } }] },
  }),
  sample(`${RBAC}/clusterrolebindings`, 'rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'nobody' },
    subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
  }),
];
