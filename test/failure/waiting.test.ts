import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { diagnoseWaiting, NO_CONTEXT, type WaitingDiagnosis } from '../../src/failure/index.js';
import { condition, event, job, pod, waiting } from './build.js';

const MINUTE = 60_000;

function diagnosis(parts: JsonObject): WaitingDiagnosis | null {
  return diagnoseWaiting(parts, NO_CONTEXT);
}

/** A pod whose container is not made yet, with one event. */
function notMade(reason: string, message: string): JsonObject {
  return { pod: pod({ phase: 'Pending', main: waiting('ContainerCreating') }), events: [event(reason, message)] };
}

function unscheduled(message: string): JsonObject {
  const unschedulable = condition('PodScheduled', 'False', 'Unschedulable', message);
  return { pod: pod({ phase: 'Pending', spec: { nodeName: '' }, conditions: [unschedulable] }) };
}

function refused(code: number, reason: string, message: string): JsonObject {
  return { createError: { kind: 'Status', status: 'Failure', code, reason, message } };
}

function imageWaits(reason: string, message: string): JsonObject {
  return { pod: pod({ phase: 'Pending', main: waiting(reason, message) }) };
}

/** What waits, its reason, and how long it may: 0 is at once, null is until the start bound. */
const TABLE: readonly (readonly [what: string, parts: JsonObject, reason: string, graceMs: number | null])[] = [
  [
    'an invalid image name',
    imageWaits('InvalidImageName', 'invalid reference format'),
    'ImagePull/InvalidImageName',
    0,
  ],
  ['an image that may not be pulled', imageWaits('ErrImageNeverPull', ''), 'ImagePull/NeverPullAbsent', 0],
  [
    'an image that is not there',
    imageWaits('ErrImagePull', 'manifest unknown'),
    'ImagePull/ManifestUnknown',
    1.5 * MINUTE,
  ],
  [
    'an image back-off without a cause',
    imageWaits('ImagePullBackOff', 'Back-off'),
    'ImagePull/PullBackOff',
    15 * MINUTE,
  ],
  ['a rate limit', imageWaits('ErrImagePull', 'toomanyrequests'), 'ImagePull/RateLimited', 15 * MINUTE],
  [
    'a missing Secret',
    imageWaits('CreateContainerConfigError', 'secret "db" not found'),
    'ConfigurationError/SecretNotFound',
    5 * MINUTE,
  ],
  [
    'a missing Secret in a volume',
    notMade('FailedMount', 'MountVolume.SetUp failed for volume "db" : secret "db" not found'),
    'ConfigurationError/SecretNotFound',
    5 * MINUTE,
  ],
  [
    'a volume that is attached elsewhere',
    notMade('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) x'),
    'VolumeMount/MultiAttach',
    5 * MINUTE,
  ],
  [
    'a path that a volume lacks',
    notMade(
      'FailedMount',
      'MountVolume.SetUp failed for volume "h" : hostPath type check failed: /x is not a directory',
    ),
    'VolumeMount/HostPathType',
    5 * MINUTE,
  ],
  [
    'a sandbox without a network',
    notMade(
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1": plugin type="calico" failed (add): timeout',
    ),
    'SandboxFailed/CNIPlugin',
    5 * MINUTE,
  ],
  [
    'no room on any node',
    unscheduled('0/3 nodes are available: 3 Insufficient cpu.'),
    'Unschedulable/InsufficientCPU',
    5 * MINUTE,
  ],
  [
    'a selector that no node has',
    unscheduled("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."),
    'Unschedulable/NodeAffinityMismatch',
    5 * MINUTE,
  ],
  [
    'a claim that is not bound',
    unscheduled('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
    'Unschedulable/UnboundPVC',
    5 * MINUTE,
  ],
  [
    'a webhook that does not answer',
    refused(
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: context deadline exceeded',
    ),
    'AdmissionRejected/WebhookUnavailable',
    null,
  ],
  [
    'an API server that is busy',
    refused(429, 'TooManyRequests', 'too many requests'),
    'ApiServerError/ServerUnavailable',
    null,
  ],
  [
    'a quota that a Job runs into',
    {
      job: job({ status: {} }),
      events: [
        event(
          'FailedCreate',
          'Error creating: pods "step-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5',
          { on: 'Job' },
        ),
      ],
    },
    'QuotaExceeded/ObjectCountQuota',
    null,
  ],
  [
    'a policy that a Job runs into',
    {
      job: job({ status: {} }),
      events: [
        event(
          'FailedCreate',
          'Error creating: pods "step-x" is forbidden: violates PodSecurity "restricted:latest": privileged',
          { on: 'Job' },
        ),
      ],
    },
    'AdmissionRejected/PodSecurity',
    0,
  ],
];

describe('what a live attempt waits for', () => {
  it.each(TABLE)('%s', (_, parts, reason, graceMs) => {
    const found = diagnosis(parts);
    expect(`${found?.reason ?? ''}/${found?.subreason ?? ''}`).toBe(reason);
    expect(found?.graceMs).toBe(graceMs);
    expect(found?.message.length).toBeGreaterThan(10);
    expect(found?.verdict.stage).toBe('PreExecution');
  });

  it('is nothing while all gets on', () => {
    expect(diagnosis({ pod: pod({ phase: 'Pending', main: waiting('ContainerCreating') }) })).toBeNull();
    expect(diagnosis({ pod: pod({ phase: 'Pending', main: waiting('PodInitializing') }) })).toBeNull();
  });
});
