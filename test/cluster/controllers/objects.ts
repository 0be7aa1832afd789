import type { Job, Node, OwnerReference, Pod } from '../../../src/api/kube.js';

type PodSpec = NonNullable<Pod['spec']>;
type Requests = Readonly<Record<string, string>>;

export function aNode(name: string, parts: Partial<Node> & { readonly allocatable?: Requests } = {}): Node {
  const { allocatable = { cpu: '2', memory: '1Gi', pods: '110' }, metadata, status, ...rest } = parts;
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-03-14T03:11:44Z' }];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    ...rest,
    metadata: { ...metadata, name },
    status: { conditions, ...status, allocatable },
  };
}

export function aPod(
  name: string,
  parts: { readonly spec?: Partial<PodSpec>; readonly requests?: Requests } & Omit<Pod, 'spec'> = {},
): Pod {
  const { spec, requests = {}, metadata, ...rest } = parts;
  const container = { name: 'main', image: 'x', resources: { requests } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...rest,
    metadata: { namespace: 'ns', ...metadata, name },
    spec: { containers: [container], ...spec },
  };
}

export function aJob(name: string, spec: Partial<NonNullable<Job['spec']>> = {}): Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'ns', name },
    spec: { parallelism: 1, completions: 1, backoffLimit: 6, template, ...spec },
  };
}

export function ownedBy(
  owner: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly uid?: string };
  },
  parts: Partial<OwnerReference> = {},
): OwnerReference {
  const { apiVersion = 'v1', kind = '', metadata } = owner;
  return { apiVersion, kind, name: metadata?.name ?? '', uid: metadata?.uid ?? '', ...parts };
}
