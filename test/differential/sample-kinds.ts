import type { JsonObject } from '../../src/api/json.js';
import { NAMESPACE } from './step.js';

/** A kind with an object of it, and what an update of it changes. */
export interface SampleKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** Of the collection. */
  readonly path: string;
  /** All but apiVersion, kind and metadata. */
  readonly content: JsonObject;
  /** A merge patch of the content that is accepted. */
  readonly change: JsonObject;
  readonly custom: boolean;
  /** A whole cluster's controllers write its status, at their own time: versions and watches differ with it. */
  readonly controlled: boolean;
}

interface Shape {
  readonly content?: JsonObject;
  readonly change?: JsonObject;
  readonly cluster?: boolean;
  readonly custom?: boolean;
  readonly controlled?: boolean;
}

function sample(apiVersion: string, kind: string, plural: string, shape: Shape = {}): SampleKind {
  const { content = {}, change = {}, cluster = false, custom = false, controlled = false } = shape;
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const path = cluster ? `${root}/${plural}` : `${root}/namespaces/${NAMESPACE}/${plural}`;
  return { kind, apiVersion, plural, path, content, change, custom, controlled };
}

const POD_SPEC: JsonObject = {
  // Nobody schedules it and nothing is mounted into it, so that it stays as it was sent.
  schedulerName: 'nobody',
  automountServiceAccountToken: false,
  restartPolicy: 'Never',
  containers: [{ name: 'main', image: 'busybox:1.36', command: ['true'], resources: { limits: { memory: '64Mi' } } }],
};

const RBAC = 'rbac.authorization.k8s.io/v1';
const RULES: JsonObject = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
const MORE_RULES: JsonObject = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] };
const SUBJECTS = [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }];

/**
 * Every kind that the embedded server has and that clients write, but nodes and namespaces; and claims, which a whole
 * cluster protects by a finalizer (docs/embedded-api-server.md).
 */
export const SAMPLE_KINDS: readonly SampleKind[] = [
  sample('v1', 'ConfigMap', 'configmaps', { content: { data: { a: '1' } }, change: { data: { b: '2' } } }),
  sample('v1', 'Secret', 'secrets', { content: { stringData: { a: 'x' } }, change: { data: { b: 'eQ==' } } }),
  sample('v1', 'ServiceAccount', 'serviceaccounts', { change: { automountServiceAccountToken: false } }),
  sample('v1', 'Pod', 'pods', { content: { spec: POD_SPEC }, change: { spec: { activeDeadlineSeconds: 60 } } }),
  sample('v1', 'Event', 'events', {
    content: {
      involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'x' },
      reason: 'Seen',
      message: 'm',
      type: 'Normal',
    },
    change: { count: 2 },
  }),
  sample('v1', 'LimitRange', 'limitranges', {
    content: { spec: { limits: [{ type: 'Container', max: { cpu: '8' } }] } },
    change: { spec: { limits: [{ type: 'Container', max: { cpu: '9' } }] } },
  }),
  sample('v1', 'ResourceQuota', 'resourcequotas', {
    content: { spec: { hard: { 'count/foos': '4' } } },
    change: { spec: { hard: { 'count/foos': '5' } } },
    controlled: true,
  }),
  sample('batch/v1', 'Job', 'jobs', {
    content: { spec: { suspend: true, template: { spec: POD_SPEC } } },
    controlled: true,
    change: { spec: { activeDeadlineSeconds: 60 } },
  }),
  sample('coordination.k8s.io/v1', 'Lease', 'leases', {
    content: { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } },
    change: { spec: { holderIdentity: 'b' } },
  }),
  sample('apps/v1', 'ControllerRevision', 'controllerrevisions', {
    content: { revision: 1, data: { a: 1 } },
    change: { revision: 2 },
  }),
  sample(RBAC, 'Role', 'roles', { content: RULES, change: MORE_RULES }),
  sample(RBAC, 'RoleBinding', 'rolebindings', {
    content: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' }, subjects: SUBJECTS },
    change: { subjects: [] },
  }),
  sample(RBAC, 'ClusterRole', 'clusterroles', { content: RULES, change: MORE_RULES, cluster: true }),
  sample(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', {
    content: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'x' }, subjects: SUBJECTS },
    change: { subjects: [] },
    cluster: true,
  }),
  sample('lockstep.dev/v1alpha1', 'WorkflowExecution', 'workflowexecutions', {
    content: { spec: { steps: [{ name: 'a', delay: '1s' }] } },
    change: { metadata: { annotations: { b: 'c' } } },
    custom: true,
  }),
  sample('lockstep.dev/v1alpha1', 'WorkflowAction', 'workflowactions', {
    content: {
      spec: {
        verb: 'Cancel',
        executionRef: { name: 'x', uid: 'bd9a2d0c-7d7f-4b0f-9f4e-0f6a3a0f2f11' },
        reason: 'because',
        requestedBy: 'ann',
      },
    },
    change: { metadata: { annotations: { b: 'c' } } },
    custom: true,
  }),
  sample('batch.lockstep.dev/v1alpha1', 'SequentialJob', 'sequentialjobs', {
    content: { spec: { containers: [{ name: 'a', image: 'busybox:1.36', command: ['true'] }] } },
    change: { metadata: { annotations: { b: 'c' } } },
    custom: true,
  }),
];
