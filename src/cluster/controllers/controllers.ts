import { setMaxListeners } from 'node:events';
import type { Clock } from '../../api/clock.js';
import type { LocalClient } from '../local-client.js';
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  EVENTS,
  JOBS,
  LEASES,
  LIMIT_RANGES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  type Resource,
} from '../resource.js';
import { GarbageCollector } from './garbage/garbage-collector.js';
import { JobController } from './job/job-controller.js';
import {
  newCaches,
  type Caches,
  type Controller,
  type ControllerContext,
  type ReportError,
} from './machinery/context.js';
import { NamespaceController } from './namespace/namespace-controller.js';
import { NodeLifecycle } from './node/node-lifecycle.js';
import { PodGarbageCollector } from './node/pod-gc.js';
import { TaintEviction } from './node/taint-eviction.js';
import { QuotaController } from './quota/quota-controller.js';
import { Scheduler } from './scheduler/scheduler.js';
import { ExpiryController } from './ttl/expiry-controller.js';
import { eventExpiry, jobExpiry } from './ttl/expiry.js';

export interface ControllerOptions {
  readonly client: LocalClient;
  readonly clock: Clock;
  /** Told of each error; the work is repeated by itself. Default: nobody is told. */
  readonly onError?: ReportError;
  /** How long changes of a Job's pods are gathered, in milliseconds. Default 1 000, as in Kubernetes. */
  readonly jobBatchMs?: number;
  /** After how many milliseconds without a sign of life a node is Unknown. Default 50 000, as in Kubernetes 1.35. */
  readonly nodeGraceMs?: number;
}

/** kube-controller-manager and kube-scheduler of the embedded cluster. */
export interface Controllers {
  /** Resolves once all caches are filled and all loops run; rejects when the server cannot be read. */
  start(): Promise<void>;
  /** Resolves when nothing of it runs any more. Stopped controllers cannot be started again: make new ones. */
  stop(): Promise<void>;
}

/** Built-in kinds whose objects may own or be owned, or be the content of a namespace. Events belong to nobody. */
const OWNED: readonly Resource[] = [
  PODS,
  JOBS,
  CONFIG_MAPS,
  SECRETS,
  SERVICE_ACCOUNTS,
  PERSISTENT_VOLUME_CLAIMS,
  RESOURCE_QUOTAS,
  LIMIT_RANGES,
  LEASES,
  CONTROLLER_REVISIONS,
];

export function createControllers(options: ControllerOptions): Controllers {
  const { client, clock, onError = () => undefined } = options;
  const caches = newCaches();
  const context: ControllerContext = { client, clock, caches, onError };
  const collector = new GarbageCollector(context, [...OWNED, NAMESPACES, NODES]);
  const controllers: readonly Controller[] = [
    new NamespaceController(context, [...OWNED, EVENTS]),
    new QuotaController(context, OWNED),
    new JobController(context, options.jobBatchMs === undefined ? {} : { batchMs: options.jobBatchMs }),
    new Scheduler(context),
    new NodeLifecycle(context, options.nodeGraceMs === undefined ? {} : { graceMs: options.nodeGraceMs }),
    new TaintEviction(context),
    new PodGarbageCollector(context),
    collector,
    new ExpiryController(context, {
      name: 'job-ttl',
      resource: JOBS,
      cache: caches.jobs,
      expiry: jobExpiry,
      propagationPolicy: 'Foreground',
    }),
    new ExpiryController(context, {
      name: 'event-ttl',
      resource: EVENTS,
      cache: caches.events,
      expiry: eventExpiry,
      propagationPolicy: 'Background',
    }),
  ];
  const stopping = new AbortController();
  // One listener per watch is no leak.
  setMaxListeners(0, stopping.signal);
  return {
    async start() {
      await fillAll(caches, client, stopping.signal);
      await collector.load();
      if (stopping.signal.aborted) return;
      for (const controller of controllers) controller.start();
    },
    async stop() {
      stopping.abort();
      await Promise.all(controllers.map((controller) => controller.stop()));
    },
  };
}

/** No loop begins before all caches are full: a Job whose pods are not yet known would get others. */
async function fillAll(caches: Caches, client: LocalClient, signal: AbortSignal): Promise<void> {
  await caches.nodes.start(client, signal);
  await caches.namespaces.start(client, signal);
  await caches.pods.start(client, signal);
  await caches.jobs.start(client, signal);
  await caches.quotas.start(client, signal);
  await caches.leases.start(client, signal);
  await caches.claims.start(client, signal);
  await caches.serviceAccounts.start(client, signal);
  await caches.events.start(client, signal);
}
