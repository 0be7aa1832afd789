import type { Job, KubeEvent, KubeObject, Lease, Node, PersistentVolumeClaim, Pod } from '../api/kube.js';
import { defineResource } from './resource.js';

/** Kubernetes' own resources. */
export const PODS = defineResource<Pod>({ apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true });
export const NODES = defineResource<Node>({ apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false });
export const EVENTS = defineResource<KubeEvent>({
  apiVersion: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
});
export const JOBS = defineResource<Job>({ apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true });
export const LEASES = defineResource<Lease>({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
});
export const NAMESPACES = defineResource<KubeObject>({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});
export const PERSISTENT_VOLUME_CLAIMS = defineResource<PersistentVolumeClaim>({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
});
