import { describe, expect, it } from 'vitest';
import type { StopWhy } from '../../src/api/types.js';
import { diagnoseWaiting, judge, NO_CONTEXT, type AttemptContext } from '../../src/failure/index.js';
import { at, condition, ended, event, evidence, job, pod, running, verdictOf, waiting } from './build.js';

function stoppedBy(why: StopWhy, seconds: number, rest: Partial<AttemptContext> = {}): Partial<AttemptContext> {
  return { main: ['main'], template: ['main'], stop: { why, at: Date.parse(at(seconds)) }, ...rest };
}

const deleted = { deletionTimestamp: at(90), deletionGracePeriodSeconds: 30 };
const rewritten = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: null,
    finishedAt: null,
  },
};

describe('success', () => {
  it('is all main containers ended with 0, with what they left', () => {
    const judged = judge(evidence({ pod: pod({ phase: 'Succeeded', main: ended(0, { message: '{"a":1}' }) }) }), {
      ...NO_CONTEXT,
      main: ['main'],
    });
    expect(judged).toEqual({ outcome: 'Succeeded', terminationMessages: { main: '{"a":1}' } });
  });

  it('does not wait for a container that somebody put beside them', () => {
    const statuses = [
      { name: 'main', state: ended(0) },
      { name: 'istio-proxy', state: running() },
    ];
    const parts = {
      pod: pod({ phase: 'Running', statuses, spec: { containers: [{ name: 'main' }, { name: 'istio-proxy' }] } }),
    };
    expect(judge(evidence(parts), { ...NO_CONTEXT, main: ['main'], template: ['main'] }).outcome).toBe('Succeeded');
  });

  it('stays success whatever a later eviction says', () => {
    const parts = {
      pod: pod({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory. ',
        main: ended(0, { finished: 20 }),
        conditions: [
          condition('DisruptionTarget', 'True', 'TerminationByKubelet', 'The node was low on resource: memory. ', 55),
        ],
      }),
    };
    expect(judge(evidence(parts), NO_CONTEXT).outcome).toBe('Succeeded');
  });

  it('is not an end with 0 after somebody asked it to stop', () => {
    expect(
      verdictOf({ pod: pod({ phase: 'Succeeded', main: ended(0, { finished: 62 }), metadata: deleted }) }),
    ).toMatchObject({ reason: 'Cancelled', subreason: 'PodDeleted', effects: 'Possible', retryable: false });
    expect(
      verdictOf({ pod: pod({ phase: 'Succeeded', main: ended(0, { finished: 62 }) }) }, stoppedBy('RunBound', 60)),
    ).toMatchObject({ reason: 'DeadlineExceeded', subreason: 'RunBound' });
  });

  it('of a Job is its Complete condition', () => {
    expect(
      judge(evidence({ job: job({ conditions: [condition('Complete', 'True', 'CompletionsReached')] }) }), NO_CONTEXT)
        .outcome,
    ).toBe('Succeeded');
  });

  it('is not claimed where the kernel killed a part of it', () => {
    expect(verdictOf({ pod: pod({ phase: 'Succeeded', main: ended(0, { reason: 'OOMKilled' }) }) })).toMatchObject({
      reason: 'OOMKilled',
      exitCode: 0,
    });
  });
});

describe('our own stop', () => {
  const killed = { pod: pod({ main: ended(143, { finished: 61 }), metadata: deleted }) };

  it.each(['Cancel', 'Terminate', 'Delete', 'SiblingFailed'] as const)(
    'by %s outranks exit codes and deletions',
    (why) => {
      expect(verdictOf(killed, stoppedBy(why, 60))).toMatchObject({
        reason: 'Cancelled',
        effects: 'Possible',
        retryable: false,
        exitCode: 143,
      });
    },
  );

  it('at the start bound names what it waited for, also when the final status has lost it', () => {
    const live = {
      pod: pod({
        phase: 'Pending',
        main: waiting('ImagePullBackOff', 'Back-off pulling image "x": ErrImagePull: manifest unknown'),
      }),
    };
    const provisional =
      diagnoseWaiting(evidence(live), { ...NO_CONTEXT, main: ['main'], template: ['main'] })?.verdict ?? null;
    const verdict = verdictOf(
      { pod: pod({ main: rewritten, metadata: deleted }) },
      stoppedBy('StartTimeout', 60, { provisional, boundMs: 600_000 }),
    );
    expect(verdict).toMatchObject({
      reason: 'ImagePull',
      subreason: 'ManifestUnknown',
      stage: 'PreExecution',
      effects: 'None',
      container: 'main',
    });
    expect(verdict.message).toContain('10m');
  });

  it('at the start bound is a deadline only when nothing else is wrong', () => {
    expect(
      verdictOf(
        { pod: pod({ main: rewritten, metadata: deleted }) },
        stoppedBy('StartTimeout', 60, { boundMs: 600_000 }),
      ),
    ).toMatchObject({ reason: 'DeadlineExceeded', subreason: 'StartTimeout', stage: 'PreExecution', effects: 'None' });
  });

  it('that came while the container started after all counts what it may have done', () => {
    const provisional =
      diagnoseWaiting(
        evidence({
          pod: pod({ phase: 'Pending', main: waiting('CreateContainerConfigError', 'secret "x" not found') }),
        }),
        NO_CONTEXT,
      )?.verdict ?? null;
    const verdict = verdictOf(
      { pod: pod({ main: ended(143, { finished: 61 }), metadata: deleted }) },
      stoppedBy('FailFast', 60, { provisional }),
    );
    expect(verdict).toMatchObject({ stage: 'Execution', effects: 'Possible', retryable: false });
  });

  it('at the run bound is a deadline, with the signal that ended it', () => {
    expect(verdictOf(killed, stoppedBy('RunBound', 60, { boundMs: 3_600_000 }))).toMatchObject({
      reason: 'DeadlineExceeded',
      subreason: 'RunBound',
      stage: 'Execution',
      exitCode: 143,
    });
  });

  it('does not hide an end for memory', () => {
    expect(
      verdictOf(
        { pod: pod({ main: ended(137, { reason: 'OOMKilled', finished: 61 }), metadata: deleted }) },
        stoppedBy('RunBound', 60),
      ),
    ).toMatchObject({ reason: 'OOMKilled' });
  });
});

describe('effects', () => {
  it('are none where no container of the template started', () => {
    const statuses = [
      { name: 'main', state: waiting('ImagePullBackOff') },
      { name: 'istio-proxy', state: running() },
    ];
    const parts = {
      pod: pod({ phase: 'Pending', statuses, spec: { containers: [{ name: 'main' }, { name: 'istio-proxy' }] } }),
    };
    expect(verdictOf(parts, { main: ['main'], template: ['main'] })).toMatchObject({
      reason: 'ImagePull',
      effects: 'None',
      retryable: true,
    });
  });

  it('are possible where one main container runs while another waits', () => {
    const statuses = [
      { name: 'a', state: running() },
      { name: 'b', state: waiting('ImagePullBackOff') },
    ];
    const parts = { pod: pod({ phase: 'Pending', statuses, spec: { containers: [{ name: 'a' }, { name: 'b' }] } }) };
    expect(verdictOf(parts)).toMatchObject({
      reason: 'ImagePull',
      stage: 'Execution',
      effects: 'Possible',
      retryable: false,
      mayStillRun: true,
    });
  });

  it('are what was seen before the final status', () => {
    expect(verdictOf({ pod: pod({ main: rewritten, metadata: deleted }) }, { seenStarted: ['main'] })).toMatchObject({
      effects: 'Possible',
      stage: 'Execution',
    });
  });

  it('are not known where nothing is left', () => {
    expect(verdictOf({})).toMatchObject({ reason: 'Unknown', effects: 'Unknown', retryable: false, mayStillRun: true });
  });
});

describe('quoting', () => {
  const failed = { pod: pod({ main: ended(1, { message: 'cannot open orders.db\npassword=hunter2hunter2' }) }) };

  it('keeps the last lines of the failed container, redacted', () => {
    expect(verdictOf(failed).logTail).toBe('cannot open orders.db\npassword=[redacted]');
  });

  it('says nothing of what was printed where quoting is off', () => {
    const verdict = verdictOf(failed, { quoteLogs: false });
    expect(JSON.stringify(verdict)).not.toContain('orders.db');
  });
});

describe('a waiting attempt', () => {
  it('that runs again is not failed for how often it had failed before', () => {
    const parts = {
      pod: pod({
        phase: 'Running',
        spec: { restartPolicy: 'OnFailure' },
        main: running(90),
        last: ended(137, { reason: 'OOMKilled' }),
      }),
    };
    expect(diagnoseWaiting(evidence(parts), NO_CONTEXT)).toBeNull();
  });

  it('for a webhook that does not answer waits for its bound', () => {
    const parts = {
      createError: {
        kind: 'Status',
        status: 'Failure',
        code: 500,
        reason: 'InternalError',
        message: 'Internal error occurred: failed calling webhook "v.example.com": context deadline exceeded',
      },
    };
    expect(diagnoseWaiting(evidence(parts), NO_CONTEXT)).toMatchObject({
      reason: 'AdmissionRejected',
      subreason: 'WebhookUnavailable',
      graceMs: null,
    });
  });

  it('is not diagnosed from events of a start that has succeeded since', () => {
    const parts = {
      pod: pod({ phase: 'Running', main: running() }),
      events: [event('FailedMount', 'MountVolume.SetUp failed for volume "x" : secret "y" not found', { seconds: 2 })],
    };
    expect(diagnoseWaiting(evidence(parts), NO_CONTEXT)).toBeNull();
  });
});
