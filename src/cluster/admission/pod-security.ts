import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { AdmissionContext } from '../apiserver/admission.js';
import { objectIn } from '../schema/builtin/json-members.js';
import { baselineChecks } from './pod-security-baseline.js';
import { restrictedChecks } from './pod-security-restricted.js';
import { refusal } from './refusal.js';

const label = 'pod-security.kubernetes.io/enforce';

/**
 * Holds pods to the Pod Security Standard that their namespace enforces by its label, in the words of
 * k8s.io/pod-security-admission. Versions other than the latest are treated as the latest.
 */
export function requirePodSecurity(pod: ApiObject, context: AdmissionContext): void {
  const name = pod.metadata.namespace ?? '';
  const namespace = context.store.get('', 'namespaces', { namespace: '', name });
  const level = namespace?.metadata.labels?.[label];
  if (level !== 'baseline' && level !== 'restricted') return;
  const version = namespace?.metadata.labels?.[`${label}-version`] ?? 'latest';
  const faults = podSecurityFaults(objectIn(pod, 'spec'), level);
  if (faults.length === 0) return;
  throw refusal(pod, context.attributes, `violates PodSecurity "${level}:${version}": ${faults.join(', ')}`);
}

/** What a pod's spec does that the level does not allow. */
export function podSecurityFaults(spec: JsonObject, level: 'baseline' | 'restricted'): readonly string[] {
  const checks = level === 'baseline' ? baselineChecks : restrictedChecks;
  return checks.flatMap((check) => check(spec) ?? []);
}
