import type { Job, KubeEvent, KubeObject, Node, ObjectMeta, PersistentVolumeClaim, Pod, Wire } from '../api/kube.js';
import type {
  V1ConfigMap,
  V1ControllerRevision,
  V1CustomResourceDefinition,
  V1Lease,
  V1LimitRange,
  V1Namespace,
  V1ResourceQuota,
  V1Secret,
  V1ServiceAccount,
} from '@kubernetes/client-node';

/** Names a resource and, for the compiler, what its objects look like. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never there: it only carries the type. */
  readonly object?: T;
}

/** What every object that the server answers has. */
export type Stored<T> = Omit<T, 'metadata'> & {
  readonly metadata: ObjectMeta & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
  };
};

const resource = <T extends KubeObject>(
  group: string,
  version: string,
  shape: { readonly plural: string; readonly kind: string; readonly namespaced?: boolean },
): Resource<T> => ({ group, version, namespaced: true, ...shape });

export const NAMESPACES = resource<Wire<V1Namespace>>('', 'v1', {
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
});
export const NODES = resource<Node>('', 'v1', { plural: 'nodes', kind: 'Node', namespaced: false });
export const PODS = resource<Pod>('', 'v1', { plural: 'pods', kind: 'Pod' });
export const CONFIG_MAPS = resource<Wire<V1ConfigMap>>('', 'v1', { plural: 'configmaps', kind: 'ConfigMap' });
export const SECRETS = resource<Wire<V1Secret>>('', 'v1', { plural: 'secrets', kind: 'Secret' });
export const SERVICE_ACCOUNTS = resource<Wire<V1ServiceAccount>>('', 'v1', {
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
});
export const EVENTS = resource<KubeEvent>('', 'v1', { plural: 'events', kind: 'Event' });
export const RESOURCE_QUOTAS = resource<Wire<V1ResourceQuota>>('', 'v1', {
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
});
export const LIMIT_RANGES = resource<Wire<V1LimitRange>>('', 'v1', { plural: 'limitranges', kind: 'LimitRange' });
export const PERSISTENT_VOLUME_CLAIMS = resource<PersistentVolumeClaim>('', 'v1', {
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
});
export const JOBS = resource<Job>('batch', 'v1', { plural: 'jobs', kind: 'Job' });
export const LEASES = resource<Wire<V1Lease>>('coordination.k8s.io', 'v1', { plural: 'leases', kind: 'Lease' });
export const CONTROLLER_REVISIONS = resource<Wire<V1ControllerRevision>>('apps', 'v1', {
  plural: 'controllerrevisions',
  kind: 'ControllerRevision',
});
export const CUSTOM_RESOURCE_DEFINITIONS = resource<Wire<V1CustomResourceDefinition>>('apiextensions.k8s.io', 'v1', {
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
});
