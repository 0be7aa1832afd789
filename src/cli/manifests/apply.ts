import { type Json, type JsonObject, isJsonObject } from '../../api/json.js';
import type { KubeObject } from '../../api/kube.js';
import { ApiError, type Client, type Resource, defineResource } from '../../runtime/index.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { TRANSLATORS } from '../kinds.js';
import type { ExecutionObject } from '../resources.js';

/** What may stand beside a workflow in one file, so that an example is whole. */
const KINDS: readonly Resource<KubeObject>[] = [
  ['v1', 'Namespace', 'namespaces', false],
  ['v1', 'ConfigMap', 'configmaps', true],
  ['v1', 'Secret', 'secrets', true],
  ['v1', 'ServiceAccount', 'serviceaccounts', true],
  ['v1', 'ResourceQuota', 'resourcequotas', true],
  ['v1', 'LimitRange', 'limitranges', true],
  ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true],
  ['rbac.authorization.k8s.io/v1', 'Role', 'roles', true],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true],
].map(([apiVersion, kind, plural, namespaced]) =>
  defineResource<KubeObject>({
    apiVersion: String(apiVersion),
    kind: String(kind),
    plural: String(plural),
    namespaced: namespaced === true,
  }),
);

/** Creates an object, or brings the one that is there into its form. @throws CliError, ApiError */
export async function applyManifest(client: Client, manifest: JsonObject, namespace: string): Promise<void> {
  const resource = KINDS.find((kind) => kind.kind === manifest['kind'] && kind.apiVersion === manifest['apiVersion']);
  if (resource === undefined) {
    const kinds = [...TRANSLATORS, ...KINDS].map(({ kind }) => kind).join(', ');
    throw new CliError(
      `a file may hold ${kinds}, and not ${textOf(manifest['apiVersion'])} ${textOf(manifest['kind'])}`,
      { exitCode: EXIT.usage },
    );
  }
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const object = {
    ...manifest,
    metadata: { ...metadata, ...(resource.namespaced && metadata['namespace'] === undefined ? { namespace } : {}) },
  };
  try {
    await client.create(resource, kubeObject(object), { fieldValidation: 'Strict' });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    const ref = {
      name: textOf(metadata['name']),
      ...(resource.namespaced ? { namespace: textOf(object.metadata['namespace'] ?? namespace) } : {}),
    };
    await client.patch(resource, ref, { patch: { type: 'merge', body: manifest } });
  }
}

/** What was read from a file, as an object to send: the API server is the one that validates it. */
export function kubeObject(manifest: JsonObject): ExecutionObject {
  return manifest as JsonObject & ExecutionObject;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : 'nothing';
}
