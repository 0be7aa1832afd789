import type { Pod } from '../../api/kube.js';

/**
 * Containers that a system puts beside what the user wants to run, by that system's own conventions: Argo's executor
 * (`init` and `wait` of a workflow's pods), Tekton's `prepare`, `place-scripts`, `working-dir-initializer` and `sidecar-*`,
 * and what Istio's injector lists in its annotation. Their start proves nothing about user code; their failure counts.
 */
export function helpersOf(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>(istioContainers(pod));
  const owner = pod.metadata?.ownerReferences?.find((one) => one.controller === true)?.kind;
  const labels = pod.metadata?.labels ?? {};
  if (owner === 'Workflow' || 'workflows.argoproj.io/workflow' in labels)
    for (const name of ['init', 'wait']) names.add(name);
  if (owner === 'TaskRun' || 'tekton.dev/taskRun' in labels) {
    const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    for (const { name } of all) if (!name.startsWith('step-')) names.add(name);
  }
  return names;
}

/** `sidecar.istio.io/status` holds what was injected, as JSON. */
function istioContainers(pod: Pod): string[] {
  const status = pod.metadata?.annotations?.['sidecar.istio.io/status'];
  if (status === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(status);
    if (typeof parsed !== 'object' || parsed === null) return [];
    const lists = Object.entries(parsed).filter(([key]) => key === 'containers' || key === 'initContainers');
    return lists
      .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : []))
      .filter((one) => typeof one === 'string');
  } catch {
    // Not Istio's: then nothing is known to be injected.
    return [];
  }
}
