import { describe, expect, it } from 'vitest';
import type { KubeEvent, PersistentVolumeClaim, Pod } from '../../../src/api/kube.js';
import { fullEvidence } from '../../../src/executors/pod/pod-evidence.js';
import type { EvidenceSource } from '../../../src/executors/ports.js';
import { judge, NO_CONTEXT } from '../../../src/failure/index.js';

const pod: Pod = {
  metadata: { name: 'step-a1', namespace: 'ops', uid: 'uid-pod' },
  spec: {
    nodeName: 'node-1',
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'registry.example.com/team/app:1' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }],
  },
  status: { phase: 'Pending' },
};
const waiting: Pod = {
  ...pod,
  spec: { containers: [], ...pod.spec, nodeName: '' },
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      },
    ],
  },
};

const claim = (phase: string): PersistentVolumeClaim => ({
  metadata: { name: 'orders', namespace: 'ops', uid: 'uid-claim' },
  status: { phase },
});

const event = (uid: string, kind: string, message: string): KubeEvent => ({
  metadata: { name: `${uid}.1` },
  involvedObject: { kind, name: kind === 'Pod' ? 'step-a1' : 'orders', uid },
  reason: kind === 'Pod' ? 'FailedScheduling' : 'ProvisioningFailed',
  message,
  type: 'Warning',
});

/** Answers by UID and name, and notes what was asked. */
function source(change: Partial<EvidenceSource> = {}): EvidenceSource & { readonly asked: string[] } {
  const asked: string[] = [];
  const events: Readonly<Record<string, readonly KubeEvent[]>> = {
    'uid-pod': [event('uid-pod', 'Pod', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')],
    'uid-claim': [event('uid-claim', 'PersistentVolumeClaim', 'storageclass.storage.k8s.io "fast" not found')],
  };
  return {
    asked,
    warningsOf: () => [],
    eventsOf: (_, uid) => {
      asked.push(`events of ${uid}`);
      return Promise.resolve({ ok: true, value: events[uid] ?? [] });
    },
    node: (name) => {
      asked.push(`node ${name}`);
      return Promise.resolve({ ok: true, value: { metadata: { name } } });
    },
    claim: (_, name) => {
      asked.push(`claim ${name}`);
      return Promise.resolve({ ok: true, value: claim('Pending') });
    },
    ...change,
  };
}

describe('the evidence on the end of a pod', () => {
  it('is its events by UID, its node, its claims, and the events of a claim that is not bound', async () => {
    const from = source();
    const evidence = await fullEvidence(pod, from);
    expect(from.asked.sort()).toEqual(['claim orders', 'events of uid-claim', 'events of uid-pod', 'node node-1']);
    expect(evidence.events?.map((one) => one.involvedObject.uid)).toEqual(['uid-pod', 'uid-claim']);
    expect(evidence.missing).toBeUndefined();
  });

  it('asks for no events of a claim that is bound, nor for a node where there is none', async () => {
    const from = source({ claim: () => Promise.resolve({ ok: true, value: claim('Bound') }) });
    await fullEvidence(waiting, from);
    expect(from.asked).toEqual(['events of uid-pod']);
  });

  it("lets the verdict tell what the claim's own event says", async () => {
    const judgement = judge(await fullEvidence(waiting, source()), NO_CONTEXT);
    const verdict = judgement.outcome === 'Failed' ? judgement.verdict : null;
    expect(verdict).toMatchObject({ reason: 'Unschedulable', subreason: 'UnboundPVC' });
    expect(verdict?.evidence.map((one) => one.value).join('\n')).toContain(
      'storageclass.storage.k8s.io "fast" not found',
    );
  });

  it('names what could not be read, once, and goes on with the rest', async () => {
    const refused = { ok: false, missing: 'Events: 403 Forbidden' } as const;
    const evidence = await fullEvidence(pod, source({ eventsOf: () => Promise.resolve(refused) }));
    expect(evidence.missing).toEqual(['Events: 403 Forbidden']);
    expect(evidence.events).toBeUndefined();
    expect(evidence.node?.metadata?.name).toBe('node-1');
    const judgement = judge(evidence, NO_CONTEXT);
    expect(judgement.outcome === 'Failed' ? judgement.verdict.missing : []).toContain('Events: 403 Forbidden');
  });
});
