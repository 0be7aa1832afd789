import type { PersistentVolumeClaim, Pod } from '../../api/kube.js';
import type { Evidence } from '../../failure/evidence.js';
import type { EvidenceSource, Read } from '../ports.js';

/** Claims whose state may explain why a pod waits; more are not looked at. */
const MAX_CLAIMS = 4;

/** What the caches know of a live pod: its own status, and the warnings that name its UID. No request is sent. */
export function cachedEvidence(pod: Pod, source: EvidenceSource): Evidence {
  const events = source.warningsOf(pod.metadata?.uid ?? '');
  return events.length === 0 ? { pod } : { pod, events };
}

/**
 * All that bears on the end of a pod: read once, when it did not end well. What could not be read is named, so that the
 * verdict can say what it lacks (design review F9, X3).
 */
export async function fullEvidence(pod: Pod, source: EvidenceSource): Promise<Evidence> {
  const namespace = pod.metadata?.namespace ?? '';
  const nodeName = pod.spec?.nodeName ?? '';
  const [events, node, claims] = await Promise.all([
    source.eventsOf(namespace, pod.metadata?.uid ?? ''),
    nodeName === '' ? null : source.node(nodeName),
    Promise.all(claimNames(pod).map((name) => source.claim(namespace, name))),
  ]);
  const found = claims.flatMap(valueOf);
  // Only the claim's own events say why it is not bound: the StorageClass is missing, the provisioner refuses.
  const ofClaims = await Promise.all(
    found.filter(isUnbound).map((claim) => source.eventsOf(namespace, claim.metadata?.uid ?? '')),
  );
  const reads = [events, node, ...claims, ...ofClaims];
  const missing = reads.flatMap((read) => (read === null || read.ok ? [] : [read.missing]));
  const told = [events, ...ofClaims].flatMap((read) => (read.ok ? read.value : []));
  return {
    pod,
    ...(events.ok || told.length > 0 ? { events: told } : {}),
    ...(node !== null && node.ok && node.value !== null ? { node: node.value } : {}),
    ...(found.length === 0 ? {} : { claims: found }),
    ...(missing.length === 0 ? {} : { missing: [...new Set(missing)] }),
  };
}

function claimNames(pod: Pod): string[] {
  const names = (pod.spec?.volumes ?? []).flatMap((volume) =>
    volume.persistentVolumeClaim === undefined ? [] : [volume.persistentVolumeClaim.claimName],
  );
  return names.slice(0, MAX_CLAIMS);
}

function valueOf(read: Read<PersistentVolumeClaim | null>): PersistentVolumeClaim[] {
  return read.ok && read.value !== null ? [read.value] : [];
}

function isUnbound({ status }: PersistentVolumeClaim): boolean {
  return status?.phase !== 'Bound';
}
