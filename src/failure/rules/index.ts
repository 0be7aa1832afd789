import type { Rule } from '../finding.js';
import { jobSuspended, podDeleted, runCancelled } from './cancelled.js';
import { containerCannotRun, execFailedInInit } from './container-cannot-run.js';
import { containerConfig } from './container-config.js';
import { jobDeadline, pipelineTimeout, podDeadline, stepTimeout, taskRunTimeout } from './deadline.js';
import { evictedByApi, evictedByKubelet, evictedByTaint } from './evicted.js';
import { hookFailed } from './hook-failed.js';
import { imagePull } from './image-pull.js';
import { initFailed } from './init-failed.js';
import { jobFailed } from './job-failed.js';
import { kubeletRefusal } from './kubelet-refusal.js';
import { gracefulShutdown, nodeGone, nodeRebooted, nodeSilent, taintedNodeLost } from './node-lost.js';
import { oomKilled, systemOom } from './oom-killed.js';
import { preempted } from './preempted.js';
import { probeFailing, probeKilled } from './probe-failed.js';
import { failedCreate, refusedCreate } from './refused-create.js';
import { sandboxFailed } from './sandbox-failed.js';
import { crashLoop, exitNonZero } from './task-failed.js';
import { tektonPodMessage } from './tekton-pod-message.js';
import { tektonCause, tektonConfiguration, tektonStepFailed } from './tekton.js';
import { unknown } from './unknown.js';
import { unschedulable } from './unschedulable.js';
import { volumeMount } from './volume-mount.js';

/**
 * The rules, in order: the first that applies concludes. Refusals; then whoever took the pod away, since it outranks exit
 * codes; then causes inside the pod, those of before the start first; then the wrappers that end what never got on
 * (deadlines, cancellations); then plain exits; then what only a Job or a Tekton run still tells. So wrappers never win.
 */
export const RULES: readonly Rule[] = [
  refusedCreate,
  kubeletRefusal,
  nodeGone,
  gracefulShutdown,
  preempted,
  evictedByKubelet,
  evictedByApi,
  taintedNodeLost,
  evictedByTaint,
  nodeRebooted,
  oomKilled,
  imagePull,
  containerConfig,
  containerCannotRun,
  volumeMount,
  sandboxFailed,
  unschedulable,
  hookFailed,
  probeKilled,
  initFailed,
  execFailedInInit,
  nodeSilent,
  stepTimeout,
  crashLoop,
  tektonConfiguration,
  tektonCause,
  tektonPodMessage,
  failedCreate,
  podDeadline,
  jobDeadline,
  pipelineTimeout,
  taskRunTimeout,
  jobSuspended,
  runCancelled,
  podDeleted,
  systemOom,
  exitNonZero,
  probeFailing,
  tektonStepFailed,
  jobFailed,
  unknown,
];
