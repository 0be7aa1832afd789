import type { Clock } from '../api/clock.js';
import type { Job, KubeEvent, KubeObject, Pod } from '../api/kube.js';
import type { WorkflowAction } from '../api/types.js';
import type { Translator } from '../plan/translator.js';
import { BY_INVOLVED, indexByInvolved } from '../executors/access/evidence-source.js';
import { BY_RUN, TRACKED_SELECTOR, indexByRun } from '../executors/access/object-access.js';
import type { Client, InformerProblem, Stored } from '../runtime/index.js';
import { EVENTS, JOBS, PODS, SharedInformer, defineResource, withoutBookkeeping } from '../runtime/index.js';
import { BY_EXECUTION, WORKFLOW_ACTIONS, indexByExecution } from './access/action-access.js';
import type { RunObject } from './access/run-access.js';
import { withoutTold } from './without-told.js';

export interface InformerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  /** False where the right to read events is missing: then waiting is diagnosed from the objects alone. */
  readonly watchWarnings: boolean;
  /** Freezes what is cached, so that a change of it throws (tests). */
  readonly freeze: boolean;
  readonly onProblem: (resource: string, problem: InformerProblem) => void;
}

/** Runs of one kind, as they are cached. */
export interface RunCache {
  readonly translator: Translator;
  readonly runs: SharedInformer<RunObject>;
}

/** The caches that a controller works with: one for each kind that is run, and those that all kinds share. */
export interface Informers {
  readonly kinds: readonly RunCache[];
  readonly actions: SharedInformer<WorkflowAction>;
  readonly pods: SharedInformer<Pod>;
  readonly jobs: SharedInformer<Job>;
  readonly warnings: SharedInformer<KubeEvent> | null;
}

/** Makes the informers, all without what nobody reads: runs and actions whole, pods and Jobs only while they are tracked, warnings where allowed. */
export function createInformers(translators: readonly Translator[], options: InformerOptions): Informers {
  const { client, clock, random, freeze, namespace } = options;
  const where = namespace === null ? {} : { namespace };
  const common = <T extends KubeObject>(resource: string) => ({
    client,
    clock,
    random,
    freeze,
    transform: withoutBookkeeping<T>,
    onProblem: (problem: InformerProblem) => {
      options.onProblem(resource, problem);
    },
  });
  const tracked = { ...where, labelSelector: TRACKED_SELECTOR };
  return {
    kinds: translators.map((translator) => {
      const { apiVersion, kind, plural } = translator;
      const resource = defineResource<RunObject>({ apiVersion, kind, plural, namespaced: true });
      const runs = new SharedInformer({
        ...common<RunObject>(plural),
        transform: (run: Stored<RunObject>) => withoutTold(withoutBookkeeping(run)),
        resource,
        selection: where,
      });
      return { translator, runs };
    }),
    actions: new SharedInformer({
      ...common<WorkflowAction>('workflowactions'),
      resource: WORKFLOW_ACTIONS,
      selection: where,
      indices: { [BY_EXECUTION]: indexByExecution },
    }),
    pods: new SharedInformer({
      ...common<Pod>('pods'),
      resource: PODS,
      selection: tracked,
      indices: { [BY_RUN]: indexByRun },
    }),
    jobs: new SharedInformer({
      ...common<Job>('jobs'),
      resource: JOBS,
      selection: tracked,
      indices: { [BY_RUN]: indexByRun },
    }),
    warnings: options.watchWarnings
      ? new SharedInformer({
          ...common<KubeEvent>('events'),
          resource: EVENTS,
          selection: { ...where, fieldSelector: 'type=Warning' },
          indices: { [BY_INVOLVED]: indexByInvolved },
        })
      : null,
  };
}

/** What every informer can do, whatever it holds. */
export interface AnyInformer {
  readonly name: string;
  readonly hasSynced: boolean;
  run(signal: AbortSignal): Promise<void>;
  synced(signal: AbortSignal): Promise<void>;
}

/** All of them, to start and to wait for. */
export function allOf({ kinds, actions, pods, jobs, warnings }: Informers): readonly AnyInformer[] {
  const named = (name: string, informer: Omit<AnyInformer, 'name'>): AnyInformer => ({
    name,
    get hasSynced() {
      return informer.hasSynced;
    },
    run: (signal) => informer.run(signal),
    synced: (signal) => informer.synced(signal),
  });
  return [
    ...kinds.map(({ translator, runs }) => named(translator.plural, runs)),
    named('actions', actions),
    named('pods', pods),
    named('jobs', jobs),
    ...(warnings === null ? [] : [named('warnings', warnings)]),
  ];
}
