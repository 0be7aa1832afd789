/** What is printed beside a figure of ours. */
export interface Rivals {
  readonly argoDefault: string;
  readonly argoTuned: string;
  readonly tektonTuned: string;
}

/**
 * From "Measured: Argo Workflows and Tekton Pipelines controllers on a real kube-apiserver": Argo Workflows f016ad89
 * (v4.1 line) and Tekton Pipelines 3ee1745a (v1.15 line), kube-apiserver 1.35.4, two shared cores, 3 pods in sequence
 * with the same four writes of a kubelet to each. Tuned: Argo DEFAULT_REQUEUE_TIME=1s, 32 workers, qps 200, burst 400;
 * Tekton 32 threads a controller, qps 200, burst 400.
 */
export const RIVALS = {
  writes: { argoDefault: '27 + 9', argoTuned: '27 + 9', tektonTuned: '52' },
  events: { argoDefault: '16', argoTuned: '16', tektonTuned: '17' },
  reads: { argoDefault: '2', argoTuned: '2', tektonTuned: '13' },
  transitionMedian: { argoDefault: '9,910 ms', argoTuned: '921 ms', tektonTuned: '59 ms' },
  transitionSlowest: { argoDefault: '9,950 ms', argoTuned: '960 ms', tektonTuned: '91 ms' },
  toFloor: { argoDefault: '', argoTuned: '0.38', tektonTuned: '0.21' },
  perMinute: { argoDefault: '120 (of 300)', argoTuned: '328', tektonTuned: '183' },
  cpu: { argoDefault: '68 ms', argoTuned: '59 ms', tektonTuned: '161 ms' },
  peak: { argoDefault: '135 MiB', argoTuned: '264 MiB', tektonTuned: '274 MiB' },
  burstTransition: { argoDefault: '35 s', argoTuned: '37 s', tektonTuned: '63 s' },
  floorPods: { argoDefault: '2,618', argoTuned: '2,618', tektonTuned: '2,618' },
} as const satisfies Readonly<Record<string, Rivals>>;
