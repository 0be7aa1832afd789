import type { JsonObject } from '../../../api/json.js';
import type { FieldError } from '../../field-error.js';
import type { SchemaHandler } from '../../schema-port.js';
import { decodeKind } from './decode-kind.js';
import { checkJob } from './job-checks.js';
import { defaultJob } from './job-defaults.js';
import { withDefaults } from './json-members.js';
import { checkPod } from './pod-checks.js';
import { defaultPod } from './pod-defaults.js';
import { checkPodUpdate } from './pod-update-checks.js';
import {
  checkConfigMap,
  checkEvent,
  checkLease,
  checkNode,
  checkResourceQuota,
  checkSecret,
  defaultEvent,
  defaultLimitRange,
  defaultNode,
  defaultSecret,
} from './small-kinds.js';

/** What is special about a kind; everything else is its Go struct. */
interface KindRules {
  readonly kind: string;
  readonly version?: string;
  readonly defaults?: (object: JsonObject) => JsonObject;
  readonly check?: (object: JsonObject, old?: JsonObject) => readonly FieldError[];
}

const rules: Readonly<Record<string, KindRules>> = {
  '/namespaces': { kind: 'Namespace' },
  '/nodes': { kind: 'Node', defaults: defaultNode, check: checkNode },
  '/pods': {
    kind: 'Pod',
    defaults: (pod) => defaultPod(withDefaults(pod, { spec: {} })),
    check: (pod, old) => (old === undefined ? checkPod(pod) : checkPodUpdate(pod, old)),
  },
  '/configmaps': { kind: 'ConfigMap', check: checkConfigMap },
  '/secrets': { kind: 'Secret', defaults: defaultSecret, check: checkSecret },
  '/serviceaccounts': { kind: 'ServiceAccount' },
  '/events': { kind: 'Event', defaults: defaultEvent, check: checkEvent },
  '/resourcequotas': { kind: 'ResourceQuota', check: checkResourceQuota },
  '/limitranges': { kind: 'LimitRange', defaults: defaultLimitRange },
  '/persistentvolumeclaims': {
    kind: 'PersistentVolumeClaim',
    defaults: (claim) => withDefaults(claim, { spec: { volumeMode: 'Filesystem' } }),
  },
  'batch/jobs': { kind: 'Job', defaults: defaultJob, check: checkJob },
  'coordination.k8s.io/leases': { kind: 'Lease', check: checkLease },
  'apps/controllerrevisions': { kind: 'ControllerRevision' },
  'rbac.authorization.k8s.io/roles': { kind: 'Role' },
  'rbac.authorization.k8s.io/rolebindings': { kind: 'RoleBinding' },
  'rbac.authorization.k8s.io/clusterroles': { kind: 'ClusterRole' },
  'rbac.authorization.k8s.io/clusterrolebindings': { kind: 'ClusterRoleBinding' },
  'apiextensions.k8s.io/customresourcedefinitions': { kind: 'CustomResourceDefinition' },
};

/** The handler of a built-in kind; undefined where the kind is not known. */
export function builtinSchema(group: string, resource: string): SchemaHandler | undefined {
  const found = rules[`${group}/${resource}`];
  if (found === undefined) return undefined;
  const { kind, version = 'v1', defaults, check } = found;
  return {
    prune: (value) => decodeKind(value, kind, version),
    applyDefaults: (value) => defaults?.(value) ?? value,
    validate: (value, old) => check?.(value, old) ?? [],
  };
}
