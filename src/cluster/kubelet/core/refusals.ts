import type { Container, StoredPod } from './situation.js';

/** Where admission mounts the token of the service account: nothing is mounted there, and nobody asked for it. */
const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TERMINATION_LOG = '/dev/termination-log';
const ADVICE = 'run it on a real cluster';

/**
 * What the container asks for that a process on this machine cannot have, or null. The kubelet refuses the container
 * with it (CreateContainerError) rather than run it without.
 */
export function unsupported(container: Container): string | null {
  const mount = container.volumeMounts?.find((one) => one.mountPath !== TOKEN_MOUNT);
  if (mount !== undefined) {
    return `the embedded kubelet runs commands on this machine and cannot mount volume "${mount.name}" at ${mount.mountPath}: ${ADVICE}`;
  }
  const path = container.terminationMessagePath ?? TERMINATION_LOG;
  if (path !== TERMINATION_LOG) {
    return `the embedded kubelet has no terminationMessagePath but ${TERMINATION_LOG} (asked for: ${path}): leave it out and write to "\${TERMINATION_LOG:-${TERMINATION_LOG}}"`;
  }
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const) {
    if (container[field] !== undefined)
      return `the embedded kubelet does not act on ${field}: leave it out, or ${ADVICE}`;
  }
  if (container.volumeDevices !== undefined && container.volumeDevices.length > 0) {
    return `the embedded kubelet cannot give volume devices to a process on this machine: ${ADVICE}`;
  }
  return null;
}

/**
 * The kubelet's refusal to run a container as root that must not (runAsNonRoot), in its words, or null. What user an
 * image has is not known here; like most, it counts as root. (Processes run as the user of this program anyway.)
 */
export function nonRootFault(pod: StoredPod, container: Container): string | null {
  const own = container.securityContext;
  const common = pod.spec?.securityContext;
  if ((own?.runAsNonRoot ?? common?.runAsNonRoot) !== true) return null;
  const user = own?.runAsUser ?? common?.runAsUser;
  const { name, namespace, uid } = pod.metadata;
  const who = `(pod: "${name}_${namespace ?? ''}(${uid})", container: ${container.name})`;
  if (user === 0) return `container's runAsUser breaks non-root policy ${who}`;
  return user === undefined ? `container has runAsNonRoot and image will run as root ${who}` : null;
}
