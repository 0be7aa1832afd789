import { formatSeconds } from '../../../api/instant.js';
import type { Pod } from '../../../api/kube.js';
import { PODS, type Stored } from '../../resource.js';
import { changeLive, identityOf } from '../machinery/change-live.js';
import type { ControllerContext } from '../machinery/context.js';
import { withPodCondition } from '../machinery/pod-facts.js';

/** Says on the pod why the platform takes it away, before it is deleted; with `fail` it also ends the pod. */
export async function markDisrupted(
  { client, clock, caches }: ControllerContext,
  pod: Stored<Pod>,
  text: { readonly reason: string; readonly message: string; readonly fail?: boolean },
): Promise<void> {
  const { reason, message, fail = false } = text;
  const written = await changeLive(client, PODS, {
    identity: identityOf(pod),
    subresource: 'status',
    change: (live) => {
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason,
        message,
        lastTransitionTime: formatSeconds(clock.now()),
        ...(live.metadata.generation === undefined ? {} : { observedGeneration: live.metadata.generation }),
      };
      return { status: { conditions: withPodCondition(live, condition), ...(fail ? { phase: 'Failed' } : {}) } };
    },
  });
  if (written !== undefined) caches.pods.absorb(written);
}
