import type { Instant } from '../../../api/instant.js';
import type { Pod } from '../../../api/kube.js';
import { tolerates, type Taint } from '../machinery/taints.js';
import { taintedSince } from './judge-node.js';

/**
 * When the node's NoExecute taints drive the pod away; null: never. A pod that tolerates all of them stays for the
 * shortest of its tolerationSeconds, or for ever where none sets a time.
 */
export function evictionTime(pod: Pod, taints: readonly Taint[], now: Instant): Instant | null {
  const driving = taints.filter((taint) => taint.effect === 'NoExecute');
  let earliest: Instant | null = null;
  for (const taint of driving) {
    const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (tolerations.length === 0) return now;
    for (const { tolerationSeconds } of tolerations) {
      if (tolerationSeconds === undefined) continue;
      const at = taintedSince(taint, now) + Math.max(0, tolerationSeconds) * 1_000;
      earliest = earliest === null ? at : Math.min(earliest, at);
    }
  }
  return earliest;
}
