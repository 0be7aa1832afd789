import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../../src/api/instant.js';
import { hasFinished } from '../../../../src/cluster/kubelet/core/ending.js';
import { planPod } from '../../../../src/cluster/kubelet/core/pod-plan.js';
import { podStatus, terminatedStatus } from '../../../../src/cluster/kubelet/core/pod-status.js';
import type { PodSituation, StoredPod } from '../../../../src/cluster/kubelet/core/situation.js';
import type { RuntimeContainer, RuntimeState } from '../../../../src/cluster/kubelet/runtime.js';

const NOW: Instant = Date.parse('2026-03-14T03:11:44Z');

const policy = fc.constantFrom('Never', 'OnFailure', 'Always');
const state: fc.Arbitrary<RuntimeState> = fc.oneof(
  fc.constant<RuntimeState>({ kind: 'Running', startedAt: NOW }),
  fc.constantFrom(0, 1, 137).map((exitCode): RuntimeState => ({
    kind: 'Exited',
    startedAt: NOW,
    finishedAt: NOW,
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    message: null,
  })),
);

const situation: fc.Arbitrary<PodSituation> = fc
  .record({
    policy,
    inits: fc.array(fc.constantFrom('regular', 'sidecar'), { maxLength: 3 }),
    mains: fc.integer({ min: 1, max: 3 }),
    states: fc.array(fc.option(state, { nil: null }), { minLength: 6, maxLength: 6 }),
    waiting: fc.boolean(),
    deleted: fc.boolean(),
    phase: fc.constantFrom('Pending', 'Running'),
    ended: fc.boolean(),
    verdict: fc.option(fc.constant({ reason: 'DeadlineExceeded', message: 'too long' }), { nil: null }),
  })
  .map(({ inits, mains, states, ...one }) => {
    const initContainers = inits.map((kind, index) => ({
      name: `init${index}`,
      image: 'x',
      ...(kind === 'sidecar' ? { restartPolicy: 'Always' } : {}),
    }));
    const containers = Array.from({ length: mains }, (_, index) => ({ name: `main${index}`, image: 'x' }));
    const instances = [...initContainers, ...containers].flatMap(({ name }, index): RuntimeContainer[] => {
      const found = states[index] ?? null;
      return found === null ? [] : [{ id: `${index}`, podUid: 'u', container: name, attempt: 0, state: found }];
    });
    const pod: StoredPod = {
      metadata: {
        name: 'p',
        namespace: 'ns',
        uid: 'u',
        resourceVersion: '1',
        creationTimestamp: '2026-03-14T03:11:44Z',
        generation: 1,
        ...(one.deleted ? { deletionTimestamp: '2026-03-14T03:12:00Z' } : {}),
      },
      spec: { restartPolicy: one.policy, initContainers, containers },
      status: { phase: one.phase },
    };
    const waiting = new Map(one.waiting ? [['main0', { reason: 'ErrImagePull', message: 'no' }]] : []);
    return { pod, instances, waiting, sandbox: true, verdict: one.verdict, ended: one.ended, scheme: 's' };
  });

const each = (check: (one: PodSituation) => void): void => {
  fc.assert(fc.property(situation, check), { numRuns: 500 });
};

describe('a status', () => {
  it('has a terminal phase only when nothing of the pod can run any more', () => {
    each((one) => {
      const status = podStatus({ ...one, ended: false }, NOW);
      expect(['Pending', 'Running']).toContain(status.phase);
    });
  });

  it('never leaves a terminal phase', () => {
    each((one) => {
      const pod = { ...one.pod, status: { phase: 'Failed', reason: 'Evicted' } };
      expect(podStatus({ ...one, pod }, NOW)).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    });
  });

  it('is the same again when nothing has changed, whatever the time', () => {
    each((one) => {
      const first = podStatus(one, NOW);
      expect(podStatus({ ...one, pod: { ...one.pod, status: first } }, NOW + 60_000)).toEqual(first);
    });
  });

  it('has each container once, in the order of the spec', () => {
    each((one) => {
      const status = podStatus(one, NOW);
      expect(status.containerStatuses?.map(({ name }) => name)).toEqual(
        one.pod.spec?.containers.map(({ name }) => name),
      );
    });
  });

  it('is never ready when the pod is over', () => {
    each((one) => {
      const status = podStatus({ ...one, ended: true }, NOW);
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      if (status.phase === 'Failed' || status.phase === 'Succeeded') expect(ready?.status).toBe('False');
    });
  });
});

describe('the status of a terminated pod', () => {
  it('is terminal, and tells no container as waiting or running once the pod was initialized', () => {
    each((one) => {
      const instances = one.instances.filter(({ state: { kind } }) => kind === 'Exited');
      const status = terminatedStatus(podStatus({ ...one, instances, ended: true }, NOW));
      expect(['Succeeded', 'Failed']).toContain(status.phase);
      const initialized = status.conditions?.some(
        ({ type, status: value }) => type === 'Initialized' && value === 'True',
      );
      if (initialized === true) {
        expect(status.containerStatuses?.every((container) => container.state?.terminated !== undefined)).toBe(true);
      }
    });
  });

  it('is the same again', () => {
    each((one) => {
      const status = terminatedStatus(podStatus({ ...one, ended: true }, NOW));
      expect(terminatedStatus(status)).toEqual(status);
    });
  });
});

describe('a plan', () => {
  it('starts nothing of a pod that is being deleted', () => {
    each((one) => {
      if (one.pod.metadata.deletionTimestamp !== undefined) expect(planPod(one).start).toEqual([]);
    });
  });

  it('starts nothing that runs', () => {
    each((one) => {
      const running = new Set(
        one.instances.filter(({ state: { kind } }) => kind === 'Running').map((each) => each.container),
      );
      for (const { name } of planPod(one).start) expect(running.has(name)).toBe(false);
    });
  });

  it('starts no main container before every init container is done, unless one has been started', () => {
    each((one) => {
      const mains = new Set(one.pod.spec?.containers.map(({ name }) => name));
      const begun = one.instances.some(({ container }) => mains.has(container));
      const open = one.pod.spec?.initContainers?.some(({ name, restartPolicy }) => {
        const found = one.instances.find(({ container }) => container === name);
        if (restartPolicy === 'Always') return found === undefined;
        return found?.state.kind !== 'Exited' || found.state.exitCode !== 0;
      });
      if (open === true && !begun) expect(planPod(one).start.some(({ name }) => mains.has(name))).toBe(false);
    });
  });

  it('has something to start, to end or to wait for, as long as the pod is not over', () => {
    each((one) => {
      if (one.pod.metadata.deletionTimestamp !== undefined || hasFinished(one)) return;
      const { start, end } = planPod(one);
      const running = one.instances.some(({ state: { kind } }) => kind === 'Running');
      expect(start.length + end.length > 0 || running).toBe(true);
    });
  });
});
