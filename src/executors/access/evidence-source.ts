import type { Clock } from '../../api/clock.js';
import type { KubeEvent } from '../../api/kube.js';
import type { Client, Informer } from '../../runtime/index.js';
import { AbortedError, ApiError, EVENTS, NODES, NoAnswerError, PERSISTENT_VOLUME_CLAIMS } from '../../runtime/index.js';
import type { EvidenceSource, Read } from '../ports.js';

/** Name of the index by involvedObject.uid that the informer of warnings has. */
export const BY_INVOLVED = 'involved';

export function indexByInvolved(event: KubeEvent): readonly string[] {
  const uid = event.involvedObject.uid;
  return uid === undefined ? [] : [uid];
}

/** A read for evidence may not hold a pass up (design review F9). */
const READ_WITHIN_MS = 2_000;

/** Resources that evidence is read from, beside the objects of attempts. */
export type EvidenceResource = 'events' | 'nodes' | 'persistentvolumeclaims';

/**
 * Evidence beside the object itself. The rights to read nodes, claims and events are optional: a read that is refused
 * becomes missing evidence, and what is known to be refused (`denied`) is not asked for.
 */
export function createEvidenceSource(
  client: Client,
  clock: Clock,
  {
    warnings,
    denied = [],
  }: { readonly warnings: Informer<KubeEvent> | null; readonly denied?: readonly EvidenceResource[] },
): EvidenceSource {
  const reading = <T>(
    resource: EvidenceResource,
    what: string,
    read: (signal: AbortSignal) => Promise<T>,
  ): Promise<Read<T>> =>
    denied.includes(resource)
      ? Promise.resolve({ ok: false, missing: `${what}: the controller may not read ${resource}` })
      : readWithin(clock, what, read);
  return {
    warningsOf: (uid) => warnings?.byIndex(BY_INVOLVED, uid) ?? [],
    eventsOf: (namespace, uid) =>
      reading('events', 'Events', async (signal) => {
        const page = await client.list(EVENTS, {
          namespace,
          fieldSelector: `involvedObject.uid=${uid}`,
          signal,
        });
        return page.items;
      }),
    node: (name) => reading('nodes', `Node ${name}`, (signal) => client.find(NODES, { name }, { signal })),
    claim: (namespace, name) =>
      reading('persistentvolumeclaims', `PersistentVolumeClaim ${name}`, (signal) =>
        client.find(PERSISTENT_VOLUME_CLAIMS, { namespace, name }, { signal }),
      ),
  };
}

async function readWithin<T>(clock: Clock, what: string, read: (signal: AbortSignal) => Promise<T>): Promise<Read<T>> {
  const deadline = new AbortController();
  const cancel = clock.after(READ_WITHIN_MS, () => {
    deadline.abort();
  });
  try {
    return { ok: true, value: await read(deadline.signal) };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, missing: `${what}: ${error.code} ${error.reason}` };
    if (error instanceof NoAnswerError || error instanceof AbortedError)
      return { ok: false, missing: `${what}: no answer in time` };
    throw error;
  } finally {
    cancel();
  }
}
