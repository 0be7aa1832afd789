import type { ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';
import { type Right, neededRights } from '../../src/cli/controller/needed-rights.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import { applyManifest } from '../../src/cli/manifests/apply.js';
import { ApiError, type Client } from '../../src/runtime/index.js';

/** What deploy/ grants (a test of its own compares the two). */
export const RIGHTS: readonly Right[] = neededRights(TRANSLATORS);

const GROUP = 'rbac.authorization.k8s.io';
const NAME = 'lockstep';

interface Where {
  readonly client: Client;
  readonly namespace: string;
}

/** The name of a service account of the namespace, which is the controller's own too, that has these rights and no others. */
export async function userWith(rights: readonly Right[], { client, namespace }: Where): Promise<string> {
  const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }];
  const metadata = { name: NAME };
  for (const manifest of [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${GROUP}/v1`, kind: 'Role', metadata, rules: rulesOf(rights, 'runs', 'own') },
    binding('Role', { name: NAME, role: NAME, subjects }),
  ]) {
    await applyManifest(client, manifest, namespace);
  }
  const role = { name: `${namespace}-${NAME}` };
  await create(client, 'clusterroles', {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: role,
    rules: rulesOf(rights, 'cluster'),
  });
  await create(client, 'clusterrolebindings', binding('ClusterRole', { ...role, role: role.name, subjects }));
  return `system:serviceaccount:${namespace}:${NAME}`;
}

/** What a deleted namespace does not take with it. */
export async function withdraw({ client, namespace }: Where): Promise<void> {
  for (const plural of ['clusterrolebindings', 'clusterroles'])
    await client.call({ method: 'DELETE', path: `/apis/${GROUP}/v1/${plural}/${namespace}-${NAME}` });
}

/** Sends as the user, as `kubectl --as` does, and notes what the user had no right to. */
export function impersonating(transport: ApiTransport, user: string, refused: (what: string) => void): ApiTransport {
  return {
    async send(request, options) {
      const answer = await transport.send(
        { ...request, headers: { ...request.headers, 'impersonate-user': user } },
        options,
      );
      // Quotas, Pod Security and others answer 403 as well: only RBAC says so.
      if (answer.status === 403 && typeof answer.body === 'string' && / cannot (\w+) resource /.test(answer.body))
        refused(`${request.method} ${request.path}: ${answer.body}`);
      return answer;
    },
  };
}

function rulesOf(rights: readonly Right[], ...scopes: readonly Right['scope'][]): readonly JsonObject[] {
  return rights
    .filter(({ scope }) => scopes.includes(scope))
    .map(({ group, resource, verbs, name }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [...verbs],
      ...(name === undefined ? {} : { resourceNames: [name] }),
    }));
}

interface Bound {
  readonly name: string;
  readonly role: string;
  readonly subjects: readonly JsonObject[];
}

function binding(kind: 'Role' | 'ClusterRole', { name, role, subjects }: Bound): JsonObject {
  const roleRef = { apiGroup: GROUP, kind, name: role };
  return { apiVersion: `${GROUP}/v1`, kind: `${kind}Binding`, metadata: { name }, roleRef, subjects };
}

async function create(client: Client, plural: string, manifest: JsonObject): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const request = { path: `/apis/${GROUP}/v1/${plural}`, headers, body: JSON.stringify(manifest) };
  try {
    await client.call({ method: 'POST', ...request });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
  }
}
