import type { JsonObject } from '../../api/json.js';
import type { Instant } from '../../api/instant.js';
import type { Status } from '../../api/kube.js';
import type { AttemptContext } from '../context.js';

/** How a container ended, as its status says it. */
export interface Termination {
  readonly exitCode: number;
  readonly signal: number | null;
  readonly reason: string;
  readonly message: string;
  readonly finishedAt: Instant | null;
  /** False: its process never ran (a start error, or a status that the kubelet made up). */
  readonly ran: boolean;
  /** True: no process gave this exit code; a controller wrote it (Tekton's TaskRunTimeout and TaskRunCancelled). */
  readonly synthetic: boolean;
}

/**
 * - main: one of `spec.containers`; it decides whether the attempt is done, unless it was injected.
 * - init: runs to its end before the main ones start.
 * - sidecar: an init container with restartPolicy Always (Kubernetes 1.28).
 */
export type ContainerKind = 'init' | 'sidecar' | 'main';

export interface ContainerFacts {
  readonly name: string;
  readonly kind: ContainerKind;
  /** Its end decides whether the attempt succeeded. */
  readonly decides: boolean;
  /** The step's template does not declare it. */
  readonly injected: boolean;
  /** It belongs to the system that made the pod (Argo, Tekton, Istio), not to what the user wants to run. */
  readonly helper: boolean;
  readonly image: string;
  readonly command: readonly string[];
  readonly memoryLimit: string | null;
  /** What it asks of a node, by resource. */
  readonly requests: Readonly<Record<string, string>>;
  /** Source and path of its status, for citations. */
  readonly source: string;
  readonly path: string;
  readonly state: 'none' | 'waiting' | 'running' | 'terminated';
  readonly waiting: { readonly reason: string; readonly message: string };
  /** The current end; null unless `state` is terminated. */
  readonly ended: Termination | null;
  /** The end before the last restart. */
  readonly last: Termination | null;
  readonly restarts: number;
  readonly ready: boolean;
  /** Its process is known to have started, in this or an earlier restart. */
  readonly started: boolean;
}

export interface EventFacts {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly warning: boolean;
  readonly container: string | null;
  readonly count: number;
  readonly at: Instant | null;
}

export interface ConditionFacts {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly at: Instant | null;
}

export type Conditions = Readonly<Record<string, ConditionFacts>>;

export interface OwnerFacts {
  readonly kind: string;
  readonly name: string;
}

export interface PodFacts {
  readonly name: string;
  readonly source: string;
  readonly node: string;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly conditions: Conditions;
  readonly restartPolicy: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Settings that a reader wants to see where they matter, as `field: value`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The controller that owns it. */
  readonly owner: OwnerFacts | null;
  /** When its deletion was asked for (deletionTimestamp less the grace period), or null. */
  readonly deletionAskedAt: Instant | null;
  readonly volumes: readonly { readonly name: string; readonly claim: string | null }[];
  readonly hasStatuses: boolean;
}

export interface JobFacts {
  readonly name: string;
  readonly source: string;
  readonly conditions: Conditions;
  readonly activeDeadlineSeconds: number | null;
  readonly backoffLimit: number | null;
  readonly failedIndexes: string;
  readonly suspended: boolean;
  /** Complete or Failed is True: the Job controller sets them when all its pods are gone. */
  readonly over: boolean;
  readonly complete: boolean;
  /** Failed, or at least FailureTarget. */
  readonly failed: ConditionFacts | null;
  readonly counts: { readonly active: number; readonly failed: number; readonly succeeded: number };
  readonly deletionAskedAt: Instant | null;
}

export interface NodeFacts {
  readonly name: string;
  readonly source: string;
  readonly conditions: Conditions;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
}

/** A TaskRun or PipelineRun. */
export interface TektonFacts {
  readonly kind: string;
  readonly name: string;
  readonly source: string;
  /** The Succeeded condition. */
  readonly succeeded: ConditionFacts | null;
  readonly over: boolean;
  /** spec.status and spec.statusMessage: somebody asked it to stop, and why. */
  readonly askedStatus: string;
  readonly askedMessage: string;
  readonly podName: string;
  readonly completedAt: Instant | null;
  /** e.g. `1h0m0s`; empty where none is set. */
  readonly timeout: string;
  readonly params: JsonObject;
}

/** Evidence, read once into the shape that rules ask for. Everything is sorted, so that the order of input is no input. */
export interface Facts {
  readonly context: AttemptContext;
  readonly pod: PodFacts | null;
  /** Of the pod, or of the TaskRun's steps where there is no pod; init first, then by name. */
  readonly containers: readonly ContainerFacts[];
  /** Events of the attempt's own objects, oldest first. */
  readonly events: readonly EventFacts[];
  readonly job: JobFacts | null;
  readonly node: NodeFacts | null;
  readonly taskRuns: readonly TektonFacts[];
  readonly pipelineRun: TektonFacts | null;
  readonly refusal: Status | null;
  readonly missing: readonly string[];
  /** A main container is known to have started, now or when it was seen before. */
  readonly mainStarted: boolean;
  /** An init container of the template is known to have started. */
  readonly initStarted: boolean;
}
