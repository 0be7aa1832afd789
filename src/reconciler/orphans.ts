import type { KubeObject } from '../api/kube.js';
import { LABEL } from '../api/names.js';
import type { RunRef } from '../api/run-ref.js';
import type { ExecutorRegistry } from '../executors/registry.js';
import type { CacheEvent, PassResult, WorkQueue } from '../runtime/index.js';
import { ApiError, keyOf, refOfKey } from '../runtime/index.js';
import type { Informers } from './informers.js';
import type { RunAccess } from './ports.js';
import { sweep } from './sweep.js';

interface OrphanOptions {
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly registry: ExecutorRegistry;
  /** A run of this UID is in the caches: its passes look after its objects. */
  readonly knows: (runUid: string) => boolean;
  /** Runs of the kind of this run; undefined: this controller does not know the kind. */
  readonly runsOf: (run: RunRef) => RunAccess | undefined;
}

/** Looks after what was created for runs that are gone. */
export interface Orphans {
  /** Follows the caches, which are filled, until the function that it returns is called. */
  start(): () => void;
  /** Null where the key is none of an orphan. @throws ApiError | NoAnswerError: it is to be tried again */
  reconcile(key: string): Promise<PassResult | null>;
}

/** What keys of orphans begin with; those of runs begin with the plural of a kind. */
const PREFIX = 'orphan ';
/** The watch of runs may be behind that of their objects, another controller's too: nothing is asked before. */
const BEHIND_MS = 5_000;

/**
 * Each change of a tracked object whose run is not in the caches puts it on the queue, and so does the end of a run that
 * leaves one behind. What a controller finds at its start comes the same way.
 */
export function followOrphans({ informers, queue, registry, knows, runsOf }: OrphanOptions): Orphans {
  const enqueue = (objectKind: string, object: { readonly namespace?: string; readonly name: string }): void => {
    queue.addAfter(`${PREFIX}${objectKind}:${keyOf(object)}`, BEHIND_MS);
  };
  const follow =
    (objectKind: string) =>
    ({ type, object: { metadata } }: CacheEvent<KubeObject>): void => {
      if (type === 'Deleted' || knows(metadata.labels?.[LABEL.executionUid] ?? '')) return;
      const namespace = metadata.namespace ?? '';
      // A Job's pods carry its labels, and are let go of with it.
      const job = (metadata.ownerReferences ?? []).find((owner) => owner.kind === 'Job');
      enqueue(job?.kind ?? objectKind, { namespace, name: job?.name ?? metadata.name });
    };
  return {
    start() {
      const subscriptions = [
        informers.pods.subscribe(follow(informers.pods.resource.kind)),
        informers.jobs.subscribe(follow(informers.jobs.resource.kind)),
        ...informers.kinds.map(({ runs }) =>
          runs.subscribe(({ type, object: { metadata } }) => {
            if (type !== 'Deleted') return;
            const namespace = metadata.namespace ?? '';
            for (const executor of registry.objects) {
              for (const { name } of executor.tracked(metadata.uid)) enqueue(executor.objectKind, { namespace, name });
            }
          }),
        ),
      ];
      return () => {
        for (const subscription of subscriptions) subscription.close();
      };
    },
    async reconcile(key) {
      if (!key.startsWith(PREFIX)) return null;
      const end = key.indexOf(':');
      const objectKind = key.slice(PREFIX.length, end);
      const { namespace = '', name } = refOfKey(key.slice(end + 1));
      const executor = registry.objects.find((each) => each.objectKind === objectKind);
      if (executor === undefined) return 'done';
      try {
        await sweep({ namespace, name }, { executor, runsOf });
        return 'done';
      } catch (error) {
        // Somebody changed it meanwhile: it is looked at once more.
        if (error instanceof ApiError && error.code === 409) return { requeueAfterMs: BEHIND_MS };
        throw error;
      }
    },
  };
}
