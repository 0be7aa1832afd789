import type { JsonObject } from '../../../api/json.js';

const merged = (key: string, strategy = 'merge'): JsonObject => ({
  'x-kubernetes-patch-merge-key': key,
  'x-kubernetes-patch-strategy': strategy,
});
const SET: JsonObject = { 'x-kubernetes-patch-strategy': 'merge' };
const ENV = merged('name');
const PORTS = merged('containerPort');
const DEVICES = merged('devicePath');
const MOUNTS = merged('mountPath');

/**
 * Which lists kubectl apply merges, and by what (`patchStrategy` and `patchMergeKey` in k8s.io/api, as the OpenAPI document
 * of kube-apiserver 1.35 has them); every other list is replaced. By struct and field.
 */
export const PATCH_STRATEGIES: Readonly<Record<string, JsonObject>> = {
  'Container.env': ENV,
  'Container.ports': PORTS,
  'Container.volumeDevices': DEVICES,
  'Container.volumeMounts': MOUNTS,
  'ContainerStatus.allocatedResourcesStatus': merged('name'),
  'ContainerStatus.volumeMounts': MOUNTS,
  'EphemeralContainer.env': ENV,
  'EphemeralContainer.ports': PORTS,
  'EphemeralContainer.volumeDevices': DEVICES,
  'EphemeralContainer.volumeMounts': MOUNTS,
  'JobStatus.conditions': merged('type'),
  'NamespaceStatus.conditions': merged('type'),
  'NodeSpec.podCIDRs': SET,
  'NodeStatus.addresses': merged('type'),
  'NodeStatus.conditions': merged('type'),
  'ObjectMeta.finalizers': SET,
  'ObjectMeta.ownerReferences': merged('uid'),
  'PersistentVolumeClaimStatus.conditions': merged('type'),
  'PodSpec.containers': merged('name'),
  'PodSpec.ephemeralContainers': merged('name'),
  'PodSpec.hostAliases': merged('ip'),
  'PodSpec.imagePullSecrets': merged('name'),
  'PodSpec.initContainers': merged('name'),
  'PodSpec.resourceClaims': merged('name', 'merge,retainKeys'),
  'PodSpec.schedulingGates': merged('name'),
  'PodSpec.topologySpreadConstraints': merged('topologyKey'),
  'PodSpec.volumes': merged('name', 'merge,retainKeys'),
  'PodStatus.conditions': merged('type'),
  'PodStatus.hostIPs': merged('ip'),
  'PodStatus.podIPs': merged('ip'),
  'PodStatus.resourceClaimStatuses': merged('name', 'merge,retainKeys'),
  'ServiceAccount.secrets': merged('name'),
};
