import type { JsonObject } from '../../api/json.js';
import type { AttemptIdentity } from '../attempt-identity.js';
import type { Attempt } from '../executor.js';
import { renderPodSpec } from '../pod-template.js';
import { objectOr } from '../restricted.js';

/** Holds a pod that must not run: it takes the name of an attempt that is being stopped before it was seen. */
const STOPPED_GATE = { name: 'lockstep.dev/stopped' };

/**
 * The pod of an attempt. Its input is a pod template: labels and annotations of its metadata stand on the pod, but never
 * in the place of ours. Pure.
 */
export function renderPod(attempt: Attempt, identity: AttemptIdentity): JsonObject {
  const spec = renderPodSpec(attempt, objectOr(attempt.input['spec']));
  const own = objectOr(attempt.input['metadata']);
  const ours = identity.metadata(attempt, spec);
  const metadata = {
    ...ours,
    labels: { ...objectOr(own['labels']), ...objectOr(ours['labels']) },
    annotations: { ...objectOr(own['annotations']), ...objectOr(ours['annotations']) },
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

/** The same pod, gated so that no scheduler ever binds it. */
export function gated(pod: JsonObject): JsonObject {
  return { ...pod, spec: { ...objectOr(pod['spec']), schedulingGates: [STOPPED_GATE] } };
}
