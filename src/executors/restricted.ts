import type { Json, JsonObject } from '../api/json.js';
import { isJsonObject } from '../api/json.js';

/** The user of pods in which nobody names one: `nonroot` of the distroless images. */
const DEFAULT_USER = 65532;

/**
 * A pod spec that passes the restricted Pod Security Standard wherever the step does not say otherwise: every field
 * that the step sets stays as it is. (https://kubernetes.io/docs/concepts/security/pod-security-standards/)
 */
export function restrict(spec: JsonObject): JsonObject {
  const pod = objectOr(spec['securityContext']);
  const containers = objects(spec['containers']);
  const inits = objects(spec['initContainers']);
  const users = [pod, ...[...containers, ...inits].map((container) => objectOr(container['securityContext']))].map(
    (context) => context['runAsUser'],
  );
  const securityContext: JsonObject = {
    // Somebody who names root means it; the kubelet would refuse to start runAsNonRoot with user 0.
    ...(users.includes(0) ? {} : { runAsNonRoot: true }),
    ...(users.some((user) => user !== undefined) ? {} : { runAsUser: DEFAULT_USER }),
    seccompProfile: { type: 'RuntimeDefault' },
    ...pod,
  };
  return {
    ...spec,
    securityContext,
    containers: containers.map(restrictContainer),
    ...(inits.length === 0 ? {} : { initContainers: inits.map(restrictContainer) }),
  };
}

function restrictContainer(container: JsonObject): JsonObject {
  const own = objectOr(container['securityContext']);
  const capabilities = objectOr(own['capabilities']);
  // A privileged container cannot refuse escalation; the API server would reject it.
  const escalation = own['privileged'] === true ? {} : { allowPrivilegeEscalation: false };
  return {
    ...container,
    securityContext: {
      ...escalation,
      ...own,
      ...(own['privileged'] === true ? {} : { capabilities: { drop: ['ALL'], ...capabilities } }),
    },
  };
}

/** The objects of a list; what is none is left out (the API server has refused it before). */
export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The object, or an empty one. */
export function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
