import type { Clock } from '../api/clock.js';
import type { KubeObject } from '../api/kube.js';
import { LABEL } from '../api/names.js';
import type { Translator } from '../plan/translator.js';
import { BY_RUN } from '../executors/access/object-access.js';
import type { CacheEvent, Priority, Stored, WorkQueue } from '../runtime/index.js';
import type { RunObject } from './access/run-access.js';
import type { Informers } from './informers.js';
import { restsUntil } from './rest.js';

/** Which runs there are, by UID, and what concerns them. */
export interface RunUids {
  knows(uid: string): boolean;
  /** Puts the run on the queue, if it is known. */
  enqueue(uid: string): void;
  /** Follows the caches until the function that it returns is called. */
  start(): () => void;
}

/** Runs that were begun are brought to their end before others are begun: a step does not wait for a crowd of new runs. */
function priorityOf(event: CacheEvent<RunObject>): Priority {
  if (event.type === 'Added' && event.initial) return 'initial';
  return event.object.status?.['engine'] === undefined ? 'new' : 'live';
}

/** Makes each change of something concern the run that it belongs to. */
export function followUids(
  informers: Informers,
  { queue, clock }: { readonly queue: WorkQueue; readonly clock: Clock },
  runKey: (translator: Translator, run: KubeObject) => string,
): RunUids {
  const keyOfUid = new Map<string, string>();
  const uidOfInvolved = (uid: string | undefined): string | undefined => {
    const of = (objects: readonly KubeObject[]): string | undefined =>
      objects.find((object) => object.metadata?.uid === uid)?.metadata?.labels?.[LABEL.executionUid];
    return of(informers.pods.list()) ?? of(informers.jobs.list());
  };
  const enqueueUid = (uid: string | undefined): void => {
    const key = uid === undefined ? undefined : keyOfUid.get(uid);
    if (key !== undefined) queue.add(key);
  };
  /** One that came late, and into the caches before its run did: nothing else tells of it then. */
  const hasObjects = (uid: string): boolean =>
    informers.pods.byIndex(BY_RUN, uid).length > 0 || informers.jobs.byIndex(BY_RUN, uid).length > 0;
  /** It comes again when its time to live is over, and else only when something happens to it. */
  const rests = (translator: Translator, run: Stored<RunObject>, key: string): boolean => {
    const until = restsUntil(translator, run);
    if (until === null || hasObjects(run.metadata.uid)) return false;
    if (until !== Infinity) queue.addAfter(key, until - clock.now(), { priority: 'initial' });
    return true;
  };
  const onChild = (event: CacheEvent<KubeObject>): void => {
    enqueueUid(event.object.metadata.labels?.[LABEL.executionUid]);
  };
  return {
    knows: (uid) => keyOfUid.has(uid),
    enqueue: enqueueUid,
    start() {
      const subscriptions = [
        ...informers.kinds.map(({ translator, runs }) =>
          runs.subscribe((event) => {
            // The pass that wrote it goes on from what its write returned, and comes again by itself where it failed.
            if (event.type === 'Changed' && event.own) return;
            const key = runKey(translator, event.object);
            if (event.type === 'Deleted') keyOfUid.delete(event.object.metadata.uid);
            else keyOfUid.set(event.object.metadata.uid, key);
            if (event.type === 'Deleted' || !rests(translator, event.object, key))
              queue.add(key, { priority: priorityOf(event) });
          }),
        ),
        informers.actions.subscribe((event) => {
          if (event.type !== 'Deleted') enqueueUid(event.object.spec.executionRef.uid);
        }),
        informers.pods.subscribe(onChild),
        informers.jobs.subscribe(onChild),
        ...(informers.warnings === null
          ? []
          : [
              informers.warnings.subscribe((event) => {
                if (event.type !== 'Deleted') enqueueUid(uidOfInvolved(event.object.involvedObject.uid));
              }),
            ]),
      ];
      return () => {
        for (const subscription of subscriptions) subscription.close();
      };
    },
  };
}
