import { setMaxListeners } from 'node:events';
import type { Clock } from '../api/clock.js';
import type { KubeObject } from '../api/kube.js';
import { OWES_FINALIZER } from '../api/names.js';
import type { Checked } from '../api/field-problem.js';
import type { Plan } from '../plan/plan.js';
import type { Translator } from '../plan/translator.js';
import type { ExecutorRegistry } from '../executors/registry.js';
import type { Client, PassReport, PassResult as Requeue, WorkQueue, WorkQueueListener } from '../runtime/index.js';
import { ApiError, TaskGroup, createWorkQueue, keyOf, onAbort, refOfKey, runController } from '../runtime/index.js';
import { createActionAccess } from './access/action-access.js';
import { createRunAccess } from './access/run-access.js';
import { type Informers, allOf } from './informers.js';
import { followUids } from './follow-uids.js';
import { followOrphans } from './orphans.js';
import { pass } from './pass.js';
import type { AuditRelay, PassObserver, RunAccess, RunResource } from './ports.js';

export interface RunControllerOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** Of the kinds that are run. */
  readonly informers: Informers;
  readonly registry: ExecutorRegistry;
  readonly relay: AuditRelay;
  readonly observer: PassObserver;
  readonly workers: number;
  readonly newReconcileId: () => string;
  readonly onPass: (report: PassReport) => void;
  readonly queueListener?: WorkQueueListener;
  /** No pass is made before it resolves; the caches are filled meanwhile, so that a candidate takes over at once. */
  readonly mayWork?: (signal: AbortSignal) => Promise<void>;
}

/** Brings runs forward, of whatever kinds: watches what concerns them, and makes a pass over each that may have changed. */
export interface RunController {
  /** Lists, watches and works until the signal is aborted; passes under way are finished first. */
  run(signal: AbortSignal): Promise<void>;
  /** Null once the caches are filled; else what is still missing. */
  notReady(): string | null;
  /** A run's events were stored, or the audit store works again: look at it once more. */
  enqueue(runUid: string): void;
  readonly queue: WorkQueue;
}

export function createRunController(options: RunControllerOptions): RunController {
  const { client, clock, informers, relay, registry, observer } = options;
  const queue = createWorkQueue(clock, options.queueListener);
  const actions = createActionAccess(client, informers.actions);
  const kinds = new Map(
    informers.kinds.map(({ translator, runs: informer }) => {
      const runs = createRunAccess(client, informer);
      const plans = planMemory(translator);
      const planOf = (resource: RunResource): Checked<Plan> => plans.of(resource);
      return [kindKey(translator), { plans, clock, runs, actions, relay, registry, translator, planOf, observer }];
    }),
  );
  const keys = followUids(informers, { queue, clock }, runKey);
  const orphans = followOrphans({
    informers,
    queue,
    registry,
    knows: (uid) => keys.knows(uid),
    runsOf: ({ apiVersion, kind }) =>
      informers.kinds
        .filter(({ translator }) => translator.apiVersion === apiVersion && translator.kind === kind)
        .map(({ translator }) => kinds.get(kindKey(translator))?.runs)[0],
  });

  const reconcile = async (key: string): Promise<Requeue> => {
    const orphan = await orphans.reconcile(key);
    if (orphan !== null) return orphan;
    const { kind, namespace, name } = readKey(key);
    const deps = kinds.get(kind);
    if (deps === undefined) throw new Error(`no kind is named ${kind}; this is a defect in Lockstep`);
    const { runs, plans } = deps;
    try {
      const result = await pass(deps, { namespace, name });
      if (runs.get(namespace, name)?.finalizers.includes(OWES_FINALIZER) !== true) plans.forget(namespace, name);
      if (result.kind === 'wait') return 'done';
      if (result.kind === 'at') return { requeueAfterMs: Math.max(0, result.at - clock.now()) };
      throw new PassAgainError(key, result.because);
    } catch (error) {
      if (isConflict(error)) return readLive(runs, namespace, name);
      throw error;
    }
  };

  return {
    queue,
    enqueue: (runUid) => {
      keys.enqueue(runUid);
    },
    notReady() {
      const missing = allOf(informers)
        .filter((informer) => !informer.hasSynced)
        .map((informer) => informer.name);
      return missing.length === 0 ? null : `the first list of ${missing.join(', ')} is not read yet`;
    },
    async run(signal) {
      const group = new TaskGroup();
      // What still waits when a stop comes is left to the successor: its passes would outlast the time for a stop. Not
      // AbortSignal.any: Node holds what listens to one for ever where it is never aborted.
      const working = new AbortController();
      setMaxListeners(0, working.signal);
      const stopListening = [
        onAbort(signal, () => {
          queue.shutDown();
          working.abort();
        }),
        onAbort(group.signal, () => {
          working.abort();
        }),
      ];
      const subscriptions = [keys.start()];
      try {
        for (const informer of allOf(informers))
          group.start(`informer ${informer.name}`, (inner) => informer.run(inner));
        await Promise.all(allOf(informers).map((informer) => informer.synced(signal)));
        // Only now is known which runs there are.
        subscriptions.push(orphans.start());
        await options.mayWork?.(working.signal);
        await runController(
          {
            queue,
            reconcile,
            clock,
            workers: options.workers,
            newReconcileId: options.newReconcileId,
            onPass: options.onPass,
          },
          working.signal,
        );
      } finally {
        for (const stop of stopListening) stop();
        for (const stopFollowing of subscriptions) stopFollowing();
        group.stop();
        await group.ended();
      }
    },
  };
}

/** Something of a pass could not be done now: it comes again, later and later. */
export class PassAgainError extends Error {
  override readonly name = 'PassAgainError';

  constructor(key: string, because: unknown) {
    const cause = because instanceof Error ? because.message : 'the API server cannot take it now';
    super(`${key}: ${cause}`, { cause: because });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 409 || error.code === 404);
}

/**
 * Somebody wrote in between: drop the pass, read live, and come again at once (design review C17). A run that is gone is
 * left to the watch, which tells of it: the cache has it until then, and coming again at once would be without end.
 */
async function readLive(runs: RunAccess, namespace: string, name: string): Promise<Requeue> {
  const live = await runs.refresh(namespace, name);
  return live === null ? 'done' : { requeueAfterMs: 0 };
}

/** What names a kind in a key of the queue: names of runs of two kinds may be equal. */
function kindKey({ apiVersion, plural }: Translator): string {
  return `${plural}.${apiVersion.replace(/[/].*$/, '')}`;
}

function runKey(translator: Translator, object: KubeObject): string {
  return `${kindKey(translator)}:${keyOf(object)}`;
}

function readKey(key: string): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const end = key.indexOf(':');
  const { namespace = '', name } = refOfKey(key.slice(end + 1));
  return { kind: key.slice(0, end), namespace, name };
}

interface PlanMemory {
  of(resource: RunResource): Checked<Plan>;
  /** The run owes nothing any more: nobody asks for its plan again. */
  forget(namespace: string, name: string): void;
}

/** Plans by UID and generation, which counts the changes of a spec: each is translated once. */
function planMemory(translator: Translator): PlanMemory {
  const plans = new Map<string, { readonly id: string; readonly plan: Checked<Plan> }>();
  return {
    of(resource) {
      const key = keyOf({ namespace: resource.ref.namespace, name: resource.ref.name });
      const id = `${resource.ref.uid}/${resource.generation}`;
      const known = plans.get(key);
      if (known?.id === id) return known.plan;
      const plan = translator.toPlan(resource.spec);
      plans.set(key, { id, plan });
      return plan;
    },
    forget: (namespace, name) => {
      plans.delete(keyOf({ namespace, name }));
    },
  };
}
