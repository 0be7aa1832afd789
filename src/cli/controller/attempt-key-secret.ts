import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../../api/kube.js';
import { ApiError, type Client, defineResource } from '../../runtime/index.js';
import { CliError } from '../errors.js';

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
  readonly type?: string;
}

const SECRETS = defineResource<Secret>({ apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true });
const FIELD = 'key';
const KEY_BYTES = 32;

/**
 * The key of the attempt proofs of an installed controller: in a Secret of its own namespace, made at the first start of
 * the first replica, the same for all of them ever since.
 *
 * @throws CliError where somebody has damaged it; ApiError | NoAnswerError
 */
export async function attemptKeyInSecret(
  client: Pick<Client, 'find' | 'create' | 'get'>,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Uint8Array> {
  const known = await client.find(SECRETS, ref);
  return keyOf(known ?? (await make(client, ref)), ref);
}

async function make(
  client: Pick<Client, 'create' | 'get'>,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Secret> {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...ref, labels: { 'app.kubernetes.io/name': 'lockstep', 'app.kubernetes.io/part-of': 'lockstep' } },
    type: 'Opaque',
    immutable: true,
    data: { [FIELD]: randomBytes(KEY_BYTES).toString('base64') },
  };
  try {
    return await client.create(SECRETS, secret);
  } catch (error) {
    // Another replica was faster.
    if (error instanceof ApiError && error.reason === 'AlreadyExists') return client.get(SECRETS, ref);
    throw error;
  }
}

function keyOf(secret: Secret, { namespace, name }: { readonly namespace: string; readonly name: string }): Uint8Array {
  const key = Buffer.from(secret.data?.[FIELD] ?? '', 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new CliError(
    `the Secret ${namespace}/${name} is damaged: its "${FIELD}" has ${key.length} bytes instead of ${KEY_BYTES}. Restore it from a backup; if there is none, let all runs end, delete it, and restart the controller: pods of attempts that run now will be taken for those of strangers`,
  );
}
