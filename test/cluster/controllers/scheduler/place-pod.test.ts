import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../../../src/api/kube.js';
import { nodeLoads } from '../../../../src/cluster/controllers/scheduler/node-loads.js';
import { placePod, type Claims } from '../../../../src/cluster/controllers/scheduler/place-pod.js';
import { aNode, aPod } from '../objects.js';

const NO_CLAIMS: Claims = { claim: () => 'Missing' };

function refusal(pod: Pod, nodes: readonly Node[], pods: readonly Pod[] = []): string {
  const placement = placePod(pod, nodeLoads(nodes, pods), NO_CLAIMS);
  if (placement.node !== null) throw new Error(`it fits on ${placement.node}`);
  return placement.message;
}

// The texts were taken from kube-scheduler 1.35.4, asked with the same two nodes.
describe('a pod that fits nowhere is told why in the words of kube-scheduler', () => {
  const n1 = aNode('n1', { metadata: { labels: { disk: 'ssd' } } });
  const n2 = aNode('n2', {
    metadata: { labels: { disk: 'hdd' } },
    allocatable: { cpu: '2', memory: '1Gi', pods: '1' },
  });
  const fill1 = aPod('fill1', { requests: { cpu: '1500m', memory: '100Mi' }, spec: { nodeName: 'n1' } });
  const fill2 = aPod('fill2', { requests: { cpu: '1', memory: '100Mi' }, spec: { nodeName: 'n2' } });
  const say = (pod: Pod, nodes: readonly Node[] = [n1, n2]): string => refusal(pod, nodes, [fill1, fill2]);

  it('there are no nodes at all', () => {
    expect(say(aPod('p'), [])).toBe('no nodes available to schedule pods');
  });

  it('others take the room', () => {
    expect(say(aPod('p', { requests: { cpu: '1', memory: '1Mi' } }))).toBe(
      '0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods. no new claims to deallocate, preemption: ' +
        '0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
  });

  it('several resources are short', () => {
    expect(say(aPod('p', { requests: { cpu: '1', memory: '1000Mi' } }))).toBe(
      '0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods, 2 Insufficient memory. no new claims to ' +
        'deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
  });

  it('it asks for more than any node has', () => {
    expect(say(aPod('p', { requests: { cpu: '100', memory: '100Gi' } }))).toBe(
      '0/2 nodes are available: 1 Too many pods, 2 Insufficient cpu, 2 Insufficient memory. no new claims to ' +
        'deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('no node has the label', () => {
    expect(say(aPod('p', { spec: { nodeSelector: { disk: 'floppy' } } }))).toBe(
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, " +
        'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('the only node with the label is full', () => {
    const pod = aPod('p', { requests: { cpu: '1', memory: '1Mi' }, spec: { nodeSelector: { disk: 'ssd' } } });
    expect(say(pod)).toBe(
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector. no new " +
        'claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, ' +
        '1 Preemption is not helpful for scheduling.',
    );
  });

  it('one node is tainted, one cordoned', () => {
    const tainted = { ...n1, spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } };
    const cordoned = { ...n2, spec: { unschedulable: true } };
    expect(say(aPod('p'), [tainted, cordoned])).toBe(
      '0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to ' +
        'deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('the node that it names does not exist', () => {
    const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n7'] }] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    expect(say(aPod('p', { spec: { affinity } }))).toBe(
      "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, " +
        'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('its claim is missing, or unbound', () => {
    const pod = aPod('p', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] } });
    expect(say(pod)).toBe('0/2 nodes are available: persistentvolumeclaim "none" not found. not found');
    const unbound = placePod(pod, nodeLoads([n1], []), { claim: () => 'Unbound' });
    expect(unbound).toEqual({
      node: null,
      message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    });
  });
});

describe('a pod that fits is placed', () => {
  it('on a node that its tolerations and its affinity allow', () => {
    const tainted = aNode('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } });
    const tolerations = [{ key: 'k', operator: 'Equal', value: 'v' }];
    const expression = { key: 'zone', operator: 'NotIn', values: ['east'] };
    const required = { nodeSelectorTerms: [{ matchExpressions: [expression] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    const east = aNode('b', { metadata: { labels: { zone: 'east' } } });
    const placement = placePod(
      aPod('p', { spec: { tolerations, affinity } }),
      nodeLoads([tainted, east], []),
      NO_CLAIMS,
    );
    expect(placement).toEqual({ node: 'a' });
  });

  it('counting init containers by their peak, and pods that have ended not at all', () => {
    const node = aNode('n', { allocatable: { cpu: '1', pods: '10' } });
    const init = { name: 'init', resources: { requests: { cpu: '900m' } } };
    const pod = aPod('p', { requests: { cpu: '100m' }, spec: { initContainers: [init] } });
    const ended = aPod('old', { requests: { cpu: '1' }, spec: { nodeName: 'n' }, status: { phase: 'Succeeded' } });
    expect(placePod(pod, nodeLoads([node], [ended]), NO_CLAIMS)).toEqual({ node: 'n' });
    const running = aPod('now', { requests: { cpu: '200m' }, spec: { nodeName: 'n' }, status: { phase: 'Running' } });
    expect(refusal(pod, [node], [running])).toContain('1 Insufficient cpu');
  });

  it('so that no node is ever asked for more than it has, whatever comes', () => {
    const cpu = fc.integer({ min: 0, max: 2_500 });
    fc.assert(
      fc.property(fc.array(cpu, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (requests, count) => {
        const nodes = Array.from({ length: count }, (_, index) => aNode(`n${index}`));
        const placed: Pod[] = [];
        for (const [index, millis] of requests.entries()) {
          const pod = aPod(`p${index}`, { requests: { cpu: `${millis}m` } });
          const { node } = placePod(pod, nodeLoads(nodes, placed), NO_CLAIMS);
          if (node !== null)
            placed.push(aPod(`p${index}`, { requests: { cpu: `${millis}m` }, spec: { nodeName: node } }));
        }
        for (const { used } of nodeLoads(nodes, placed)) expect(used.get('cpu') ?? 0).toBeLessThanOrEqual(2 + 1e-9);
      }),
    );
  });
});
