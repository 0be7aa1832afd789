import { describe, expect, it } from 'vitest';
import {
  diagnoseWaiting,
  judge,
  NO_CONTEXT,
  startedContainers,
  type AttemptContext,
  type Evidence,
} from '../../src/failure/index.js';
import { endOf, recordings, replay } from './replay.js';

/** What a recording ends with: `Succeeded`, or reason/subreason, stage, effects, and whether the same again may help. */
const ENDS: Readonly<Record<string, string>> = {
  'crash-loop': 'TaskFailed/ExitNonZero Execution Possible no',
  'deadline-while-pending': 'ImagePull/RegistryUnreachable PreExecution None retryable',
  deadline: 'DeadlineExceeded/PodActiveDeadline Execution Possible no',
  'deleted-before-start': 'Cancelled/PodDeleted PreExecution None no',
  'deleted-deaf': 'Cancelled/PodDeleted Execution Possible no',
  'deleted-running': 'Cancelled/PodDeleted Execution Possible no',
  'emptydir-limit': 'Evicted/EmptyDirLimit Execution Possible no',
  'ephemeral-storage': 'Evicted/EphemeralStorageLimit Execution Possible no',
  'evicted-by-api-deaf': 'Evicted/EvictionAPI Infrastructure Possible retryable',
  'evicted-by-api': 'Evicted/EvictionAPI Infrastructure Possible retryable',
  'exit-3': 'TaskFailed/ExitNonZero Execution Possible no',
  'force-deleted': 'Cancelled/PodDeleted Execution Possible no',
  'image-never': 'ImagePull/NeverPullAbsent PreExecution None no',
  'image-pull-deleted': 'Cancelled/PodDeleted PreExecution None no',
  'image-pull': 'ImagePull/RegistryUnreachable PreExecution None retryable',
  'init-fails': 'InitContainerFailed/InitExitNonZero PreExecution InitOnly retryable',
  'init-ok-main-pull': 'ImagePull/RegistryUnreachable PreExecution InitOnly retryable',
  'init-oom': 'OOMKilled/InitContainerOOM PreExecution InitOnly no',
  'init-pull': 'ImagePull/RegistryUnreachable PreExecution None retryable',
  'invalid-image-name': 'ImagePull/InvalidImageName PreExecution None no',
  'job-backoff-1': 'TaskFailed/ExitNonZero Execution Possible no',
  'job-deadline': 'DeadlineExceeded/JobActiveDeadline Execution Possible no',
  'job-deleted': 'Cancelled/PodDeleted Execution Possible no',
  'job-fail-policy': 'TaskFailed/PodFailurePolicy Execution Possible no',
  'job-fails': 'TaskFailed/ExitNonZero Execution Possible no',
  'job-image-pull': 'ImagePull/RegistryUnreachable PreExecution None retryable',
  'job-no-service-account': 'ConfigurationError/ServiceAccountNotFound PreExecution None no',
  'job-oom': 'OOMKilled/CgroupOOM Execution Possible no',
  'job-quota': 'QuotaExceeded/ObjectCountQuota PreExecution None no',
  'job-succeeds': 'Succeeded',
  'job-suspended': 'Cancelled/JobSuspended Execution Possible no',
  'liveness-kill': 'ProbeFailed/LivenessKilled Execution Possible no',
  'missing-configmap': 'ConfigurationError/ConfigMapNotFound PreExecution None no',
  'missing-secret-key': 'ConfigurationError/SecretNotFound PreExecution None no',
  'missing-secret-volume': 'ConfigurationError/SecretNotFound PreExecution None no',
  'native-sidecar-fails': 'Succeeded',
  'native-sidecar': 'Succeeded',
  'no-such-command': 'ContainerCannotRun/ExecutableNotFound PreExecution None no',
  'node-name-refused': 'AdmissionRejected/KubeletOutOfResource PreExecution None retryable',
  'non-root-refused': 'ConfigurationError/RunAsNonRoot PreExecution None no',
  'on-failure-restart': 'TaskFailed/ExitNonZero Execution Possible no',
  'one-of-two-fails': 'TaskFailed/ExitNonZero Execution Possible no',
  'one-runs-one-pulls': 'Cancelled/PodDeleted Execution Possible no',
  'oom-of-a-child': 'OOMKilled/ChildProcessOOM Execution Possible no',
  oom: 'OOMKilled/CgroupOOM Execution Possible no',
  'plain-sidecar-never-ends': 'Succeeded',
  'post-start-hook-fails': 'TaskFailed/PostStartHookFailed Execution Possible no',
  'startup-probe-kill': 'ProbeFailed/StartupKilled Execution Possible no',
  succeeds: 'Succeeded',
  'unbound-claim': 'Unschedulable/UnboundPVC PreExecution None no',
  'unschedulable-cpu': 'Unschedulable/InsufficientCPU PreExecution None retryable',
  'unschedulable-selector': 'Unschedulable/NodeAffinityMismatch PreExecution None no',
};

/** A template that does not declare `side` where it is a plain container: then it was injected. */
function contextOf(name: string): AttemptContext {
  return name === 'plain-sidecar-never-ends' ? { ...NO_CONTEXT, main: ['main'], template: ['main'] } : NO_CONTEXT;
}

function said(evidence: Evidence, context: AttemptContext): string {
  const judgement = judge(evidence, context);
  if (judgement.outcome === 'Succeeded') return 'Succeeded';
  const { reason, subreason, stage, effects, retryable } = judgement.verdict;
  return `${reason}/${subreason ?? ''} ${stage} ${effects} ${retryable ? 'retryable' : 'no'}`;
}

describe('streams recorded on a real node', () => {
  it('are all expected to end in some way', () => {
    expect(recordings().sort()).toEqual(Object.keys(ENDS).sort());
  });

  for (const name of recordings()) {
    it(`${name} ends as ${ENDS[name] ?? 'nothing'}`, () => {
      expect(said(endOf(name), contextOf(name))).toBe(ENDS[name]);
    });

    it(`${name} never looks safe to retry while a main container runs, or after it ran by itself`, () => {
      for (const evidence of replay(name)) {
        const judgement = judge(evidence, contextOf(name));
        if (judgement.outcome === 'Succeeded' || !judgement.verdict.retryable) continue;
        const statuses = evidence.pod?.status?.containerStatuses ?? [];
        const started = startedContainers({ ...(evidence.pod === undefined ? {} : { pod: evidence.pod }) });
        const mainStarted = statuses.some((one) => started.includes(one.name));
        expect(statuses.every((one) => !one.state?.running)).toBe(true);
        expect(judgement.verdict.stage === 'Infrastructure' || !mainStarted).toBe(true);
      }
    });

    it(`${name} is not called a success before it is one`, () => {
      const outcomes = [...replay(name)].map((evidence) => judge(evidence, contextOf(name)).outcome);
      const first = outcomes.indexOf('Succeeded');
      if (ENDS[name] === 'Succeeded') expect(first).toBeGreaterThan(0);
      // An event tells of a failed probe or hook before the status shows the end; a deletion is in the object itself.
      else expect(outcomes).not.toContain('Succeeded');
    });
  }

  it('proves no start by a containerID alone', () => {
    expect(startedContainers(endOf('no-such-command'))).toEqual([]);
    expect(startedContainers(endOf('image-pull-deleted'))).toEqual([]);
    expect(startedContainers(endOf('init-ok-main-pull'))).toEqual(['prepare']);
    expect(startedContainers(endOf('one-runs-one-pulls'))).toEqual(['a']);
  });

  it('show why an attempt waits while it waits', () => {
    const waits = (name: string): string[] => {
      const reasons = [...replay(name)].flatMap((evidence) => {
        const diagnosis = diagnoseWaiting(evidence, NO_CONTEXT);
        return diagnosis === null
          ? []
          : [`${diagnosis.reason}/${diagnosis.subreason ?? ''} ${String(diagnosis.graceMs)}`];
      });
      return [...new Set(reasons)];
    };
    expect(waits('invalid-image-name')).toEqual(['ImagePull/InvalidImageName 0']);
    expect(waits('image-never')).toEqual(['ImagePull/NeverPullAbsent 0']);
    expect(waits('image-pull')).toEqual(['ImagePull/RegistryUnreachable 900000']);
    expect(waits('one-runs-one-pulls')).toEqual(['ImagePull/RegistryUnreachable 900000']);
    expect(waits('missing-secret-volume')).toEqual(['ConfigurationError/SecretNotFound 300000']);
    expect(waits('unschedulable-cpu')).toEqual(['Unschedulable/InsufficientCPU 300000']);
    // A quota of no pods at all: only a person can make room.
    expect(waits('job-quota')).toEqual(['QuotaExceeded/ObjectCountQuota 300000']);
    expect(waits('non-root-refused')).toEqual(['ConfigurationError/RunAsNonRoot 0']);
    expect(waits('succeeds')).toEqual([]);
  });
});
