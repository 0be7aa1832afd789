import type { Deployment } from '../../api/kube.js';
import { parseAuditStore } from '../../audit/open-store.js';
import { type Client, type Stored, defineResource } from '../../runtime/index.js';
import { OWN_NAMES, type OwnNames } from '../controller/needed-rights.js';

const DEPLOYMENTS = defineResource<Deployment>({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
});

/** The labels of deploy/ and of the chart. */
export const CONTROLLER_SELECTOR = 'app.kubernetes.io/name=lockstep,app.kubernetes.io/component=controller';

/** Where an installed controller keeps its audit trail, as far as its Deployment tells. */
export type InstalledStore =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' }
  /** The address is in a Secret: that is not read. */
  | { readonly kind: 'secret'; readonly name: string };

/** An installed controller, as its Deployment describes it. */
export interface Installed {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  readonly strategy: string;
  readonly image: string;
  readonly serviceAccount: string;
  readonly leaderElect: boolean;
  readonly names: OwnNames;
  /** [null]: all. */
  readonly namespaces: readonly (string | null)[];
  readonly store: InstalledStore;
}

/** The controllers that are installed, in this namespace or in all. @throws ApiError | NoAnswerError */
export async function findInstalled(
  client: Pick<Client, 'list'>,
  namespace: string | undefined,
): Promise<readonly Installed[]> {
  const { items } = await client.list(DEPLOYMENTS, { namespace, labelSelector: CONTROLLER_SELECTOR });
  return items.map(readDeployment);
}

function readDeployment({ metadata, spec, status }: Stored<Deployment>): Installed {
  const pod = spec?.template.spec;
  const container = pod?.containers[0];
  const args = [...(container?.command ?? []), ...(container?.args ?? [])];
  const namespace = metadata.namespace ?? '';
  return {
    namespace,
    name: metadata.name,
    replicas: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    strategy: spec?.strategy?.type ?? 'RollingUpdate',
    image: container?.image ?? '',
    serviceAccount: pod?.serviceAccountName ?? 'default',
    leaderElect: args.includes('--leader-elect'),
    names: { ...OWN_NAMES, lease: valueOf(args, '--lease-name') ?? OWN_NAMES.lease },
    namespaces: namespacesIn(args, namespace),
    store: storeOf(args, container?.env ?? []),
  };
}

/** `--name=value` or `--name value`. */
function valueOf(args: readonly string[], ...names: readonly string[]): string | null {
  for (const [index, arg] of args.entries()) {
    const name = names.find((each) => arg === each || arg.startsWith(`${each}=`));
    if (name !== undefined) return arg === name ? (args[index + 1] ?? null) : arg.slice(name.length + 1);
  }
  return null;
}

function namespacesIn(args: readonly string[], own: string): readonly (string | null)[] {
  const several = valueOf(args, '--namespaces');
  if (several !== null) return several.split(',').map((each) => each.trim());
  const one = valueOf(args, '--namespace', '-n');
  return [one === '$(POD_NAMESPACE)' ? own : one];
}

type Env = NonNullable<NonNullable<NonNullable<Deployment['spec']>['template']['spec']>['containers'][number]['env']>;

function storeOf(args: readonly string[], env: Env): InstalledStore {
  const variable = env.find(({ name }) => name === 'LOCKSTEP_AUDIT_STORE');
  const text = valueOf(args, '--audit-store') ?? variable?.value ?? '';
  const secret = variable?.valueFrom?.secretKeyRef;
  if (text === '' && secret !== undefined) return { kind: 'secret', name: secret.name ?? '' };
  if (text === '') return { kind: 'sqlite', path: 'the data directory' };
  const address = parseAuditStore(text);
  return address.kind === 'sqlite' ? address : { kind: 'postgres' };
}
