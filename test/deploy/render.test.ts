import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/api/json.js';
import { charted, has, kustomized, metadataOf, the } from './manifests.js';

// kubectl and helm are slow to start on a machine that has much else to do.
vi.setConfig({ testTimeout: 120_000 });

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly strategy: { readonly type: string };
    readonly template: {
      readonly spec: {
        readonly securityContext: JsonObject;
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly image: string;
          readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: JsonObject }[];
          readonly securityContext: JsonObject;
          readonly resources: JsonObject;
          readonly volumeMounts?: readonly JsonObject[];
        }[];
        readonly volumes?: readonly JsonObject[];
        readonly hostNetwork?: boolean;
      };
    };
  };
}

const VARIANTS = [
  { folder: 'deploy', namespace: 'lockstep-system', values: {} },
  { folder: 'deploy/namespaced', namespace: 'lockstep', values: { scope: 'namespace' } },
  {
    folder: 'deploy/highly-available',
    namespace: 'lockstep-system',
    values: { replicas: '2', 'audit.postgres.secretName': 'lockstep-audit' },
  },
] as const;

function controllerOf(objects: readonly JsonObject[]) {
  const { spec } = the(objects, 'Deployment', 'lockstep-controller') as JsonObject & Deployment;
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error('the Deployment has no container');
  return { spec, pod: spec.template.spec, container, env: new Map(container.env.map((each) => [each.name, each])) };
}

/** Helm does not make the namespace, brings the CRDs along in each scope, and keeps the claim when a release goes. */
function comparable(objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects
    .filter(({ kind }) => kind !== 'Namespace' && kind !== 'CustomResourceDefinition')
    .map((object) => {
      const { annotations: _annotations, ...metadata } = metadataOf(object);
      return withoutEmpty({ ...object, metadata }) as JsonObject;
    })
    .sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

function keyOf(object: JsonObject): string {
  return JSON.stringify([object['kind'], metadataOf(object)['name']]);
}

/** Kustomize leaves empty lists where a patch took the last item; the order of variables says nothing. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty);
    const named = items.every((item) => typeof item === 'object' && item !== null && 'name' in item);
    return named ? [...items].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !(Array.isArray(each) && each.length === 0))
      .map(([name, each]) => [name, withoutEmpty(each)]),
  );
}

for (const tool of ['kubectl', 'helm'] as const) {
  const hint = tool === 'helm' ? '; HELM may name it' : '';
  if (!has(tool)) process.stderr.write(`skipped: what ${tool} makes of deploy/ (it is not installed${hint})\n`);
}

it('W5: the API server keeps the lease of the controller apart from all other requests', () => {
  expect(parse(readFileSync('deploy/cluster-wide/flow-schema.yaml', 'utf8'))).toMatchObject({
    kind: 'FlowSchema',
    spec: {
      priorityLevelConfiguration: { name: 'leader-election' },
      rules: [{ resourceRules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'] }] }],
    },
  });
});

describe.skipIf(!has('kubectl'))('kubectl kustomize', () => {
  it.each(VARIANTS)('$folder: a pod that the Pod Security Standard "restricted" admits', ({ folder }) => {
    const { pod, container } = controllerOf(kustomized(folder));
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.hostNetwork).toBeUndefined();
    expect(container.resources).toHaveProperty('requests');
  });

  it.each(VARIANTS)('$folder: it is killed only after its own grace is over', ({ folder }) => {
    const { pod, container } = controllerOf(kustomized(folder));
    const grace = Number(/--grace=(\d+)s/.exec(container.args.join(' '))?.[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(grace);
  });

  it.each(VARIANTS)('$folder: its lease does not wait behind other requests', ({ folder, namespace }) => {
    const objects = kustomized(folder);
    // A cluster-wide object, so that an installation in one namespace does not bring it.
    const schemas = objects.filter(({ kind }) => kind === 'FlowSchema');
    expect(schemas).toHaveLength(folder === 'deploy/namespaced' ? 0 : 1);
    for (const { spec } of schemas) {
      expect(spec).toMatchObject({
        priorityLevelConfiguration: { name: 'leader-election' },
        rules: [
          {
            subjects: [{ serviceAccount: { name: 'lockstep-controller', namespace } }],
            resourceRules: [{ resources: ['leases'], verbs: ['get', 'create', 'update'], namespaces: [namespace] }],
          },
        ],
      });
    }
  });

  it('by default one replica, which ends before its successor starts, with its audit trail on a claim', () => {
    const objects = kustomized('deploy');
    const { spec, container, env } = controllerOf(objects);
    expect([spec.replicas, spec.strategy.type]).toEqual([1, 'Recreate']);
    expect(env.get('LOCKSTEP_AUDIT_STORE')?.value).toBe('sqlite:/var/lib/lockstep/audit.db');
    expect(container.volumeMounts).toEqual([{ name: 'audit', mountPath: '/var/lib/lockstep' }]);
    the(objects, 'PersistentVolumeClaim', 'lockstep-audit');
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toHaveLength(3);
  });

  it('highly available: two replicas with a lease, a disruption budget and PostgreSQL, and no volume', () => {
    const objects = kustomized('deploy/highly-available');
    const { spec, pod, container, env } = controllerOf(objects);
    expect([spec.replicas, spec.strategy.type]).toEqual([2, 'RollingUpdate']);
    expect(container.args).toContain('--leader-elect');
    expect(env.get('LOCKSTEP_AUDIT_STORE')).toEqual({
      name: 'LOCKSTEP_AUDIT_STORE',
      valueFrom: { secretKeyRef: { name: 'lockstep-audit', key: 'url' } },
    });
    expect([pod.volumes ?? [], container.volumeMounts ?? []]).toEqual([[], []]);
    expect(objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
    the(objects, 'PodDisruptionBudget', 'lockstep-controller');
  });

  it('namespaced: nothing of the cluster, and the runs of its own namespace', () => {
    const objects = kustomized('deploy/namespaced');
    expect(objects.filter((object) => metadataOf(object)['namespace'] !== 'lockstep')).toEqual([]);
    expect(controllerOf(objects).container.args).toContain('--namespace=$(POD_NAMESPACE)');
  });

  it('names the image of this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(controllerOf(kustomized('deploy')).container.image).toBe(`lockstep:${version}`);
    const chart = readFileSync('deploy/chart/Chart.yaml', 'utf8');
    expect(chart).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
  });
});

describe.skipIf(!has('kubectl') || !has('helm'))('the Helm chart', () => {
  it.each(VARIANTS)('renders the same objects as $folder', ({ folder, namespace, values }) => {
    expect(comparable(charted(namespace, values))).toEqual(comparable(kustomized(folder)));
  });

  it('refuses SQLite with more than one replica', () => {
    expect(() => charted('lockstep-system', { replicas: '2' })).toThrow();
  });
});
