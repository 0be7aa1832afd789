import { parseInstant } from '../../api/instant.js';
import { isJsonObject } from '../../api/json.js';
import { EMBEDDED_BUILD } from '../../api/names.js';
import { ApiError, type Client, LEASES, recordOf } from '../../runtime/index.js';
import { findInstalled } from '../check/installation.js';
import { OWN_NAMES } from './needed-rights.js';

/** The namespace of deploy/'s controller for all namespaces. */
const CLUSTER_WIDE = 'lockstep-system';

/**
 * Who works on the runs of a namespace already: the holder of a controller's lease that is renewed. Null: nobody that can
 * be seen. A second controller with a key of its own would take its pods for those of strangers.
 */
export async function installedLeader(
  client: Pick<Client, 'list' | 'call'>,
  { namespace, now }: { readonly namespace: string; readonly now: number },
): Promise<string | null> {
  // The embedded cluster has a kubeconfig only where `lockstep up` keeps it up, with a controller and without a lease.
  if (await isEmbedded(client)) return 'lockstep up';
  const leases = await listOrNone(() => client.list(LEASES, { fieldSelector: `metadata.name=${OWN_NAMES.lease}` }));
  for (const lease of leases) {
    const { holder, durationSeconds, renewTime } = recordOf(lease);
    // Twice as long: the clock here may be another than the holder's.
    const isAlive = holder !== '' && now - (parseInstant(renewTime) ?? 0) < 2_000 * durationSeconds;
    const at = lease.metadata.namespace ?? '';
    if (isAlive && (await worksOn(client, at, namespace))) return `${at}/${holder}`;
  }
  return null;
}

async function isEmbedded(client: Pick<Client, 'call'>): Promise<boolean> {
  try {
    const version = await client.call({ method: 'GET', path: '/version' });
    const name = isJsonObject(version) ? version['gitVersion'] : null;
    return typeof name === 'string' && name.endsWith(EMBEDDED_BUILD);
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

async function worksOn(client: Pick<Client, 'list'>, at: string, namespace: string): Promise<boolean> {
  try {
    const installed = await findInstalled(client, at);
    if (installed.length > 0)
      return installed.some(({ namespaces }) => namespaces.includes(null) || namespaces.includes(namespace));
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  return at === CLUSTER_WIDE || at === namespace;
}

async function listOrNone<T>(list: () => Promise<{ readonly items: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await list()).items;
  } catch (error) {
    // Who may not see leases cannot know.
    if (isRefused(error)) return [];
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 403 || error.code === 404);
}
