import type { Clock } from '../../../api/clock.js';
import type { Job, KubeEvent, Node, PersistentVolumeClaim, Pod } from '../../../api/kube.js';
import type { LocalClient } from '../../local-client.js';
import {
  EVENTS,
  JOBS,
  LEASES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SERVICE_ACCOUNTS,
  type Resource,
} from '../../resource.js';
import { EventRecorder, type EventStyle } from './event-recorder.js';
import { WatchCache } from './watch-cache.js';

type ObjectOf<R> = R extends Resource<infer T> ? T : never;

/** The caches that the controllers share: one watch each. */
export interface Caches {
  readonly namespaces: WatchCache<ObjectOf<typeof NAMESPACES>>;
  readonly nodes: WatchCache<Node>;
  readonly pods: WatchCache<Pod>;
  readonly jobs: WatchCache<Job>;
  readonly quotas: WatchCache<ObjectOf<typeof RESOURCE_QUOTAS>>;
  readonly leases: WatchCache<ObjectOf<typeof LEASES>>;
  readonly claims: WatchCache<PersistentVolumeClaim>;
  readonly serviceAccounts: WatchCache<ObjectOf<typeof SERVICE_ACCOUNTS>>;
  readonly events: WatchCache<KubeEvent>;
}

export function newCaches(): Caches {
  return {
    namespaces: new WatchCache(NAMESPACES),
    nodes: new WatchCache(NODES),
    pods: new WatchCache(PODS),
    jobs: new WatchCache(JOBS),
    quotas: new WatchCache(RESOURCE_QUOTAS),
    leases: new WatchCache(LEASES),
    claims: new WatchCache(PERSISTENT_VOLUME_CLAIMS),
    serviceAccounts: new WatchCache(SERVICE_ACCOUNTS),
    events: new WatchCache(EVENTS),
  };
}

/** What failed, and in which controller and for which key; the work is repeated by itself. */
export type ReportError = (error: unknown, at: { readonly controller: string; readonly key: string }) => void;

/** What every controller is given. */
export interface ControllerContext {
  readonly client: LocalClient;
  readonly clock: Clock;
  readonly caches: Caches;
  readonly onError: ReportError;
}

/** A loop that can be begun once and ended once. Subscriptions to caches are made in its constructor. */
export interface Controller {
  start(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** A recorder that speaks as the named component. */
export function newRecorder(context: ControllerContext, style: EventStyle): EventRecorder {
  return new EventRecorder(context.client, context.clock, {
    style,
    onError: (error) => {
      context.onError(error, { controller: style.component, key: 'events' });
    },
  });
}
