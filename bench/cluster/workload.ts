import { API_VERSION } from '../../src/api/names.js';
import type { KubeObject, Pod } from '../../src/api/kube.js';
import type { RunPhase } from '../../src/api/types.js';
import { type Client, PODS, SharedInformer, defineResource, systemClock } from '../../src/runtime/index.js';
import { NODE } from './node.js';

/** A WorkflowExecution, as far as the benchmark looks at it. */
export interface RunObject extends KubeObject {
  readonly spec?: object;
  readonly status?: { readonly phase?: RunPhase };
}

export const RUNS = defineResource<RunObject>({
  apiVersion: API_VERSION,
  kind: 'WorkflowExecution',
  plural: 'workflowexecutions',
  namespaced: true,
});

export const STEPS = 3;
/** Clients that create at a time, as the rivals were measured with. */
const CREATORS = 16;
const POD_SPEC: NonNullable<Pod['spec']> = {
  // Nobody schedules for this name: the benchmark binds the pods itself.
  schedulerName: NODE,
  restartPolicy: 'Never',
  // The node's taints are nobody's business here; else each pod costs an Event of the taint manager.
  tolerations: [{ operator: 'Exists' }],
  containers: [{ name: 'main', image: 'busybox', command: ['true'] }],
};

/** Creates runs of three pods in sequence. */
export function createRuns(client: Client, namespace: string, names: readonly string[]): Promise<void> {
  const steps = Array.from({ length: STEPS }, (_, index) => ({ name: `step-${index + 1}`, pod: { spec: POD_SPEC } }));
  return createAll(names, (name) =>
    client.create(RUNS, {
      apiVersion: API_VERSION,
      kind: 'WorkflowExecution',
      metadata: { name, namespace },
      spec: { steps },
    }),
  );
}

/** Creates pods that nobody controls. */
export function createPods(client: Client, namespace: string, names: readonly string[]): Promise<void> {
  return createAll(names, (name) =>
    client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: POD_SPEC }),
  );
}

/** Creates so many things at a time as the rivals were measured with. */
export async function createAll(names: readonly string[], create: (name: string) => Promise<unknown>): Promise<void> {
  const left = names.values();
  const creator = async (): Promise<void> => {
    for (const name of left) await create(name);
  };
  await Promise.all(Array.from({ length: CREATORS }, creator));
}

/** The runs of a namespace, as a watcher sees them. */
export interface WatchedRuns {
  /** Runs that succeeded and owe nothing any more. @throws Error where one ended otherwise */
  settled(): number;
  /** Runs that succeeded. @throws Error where one ended otherwise */
  succeeded(): number;
  stop(): Promise<void>;
}

export async function watchRuns(client: Client, namespace: string): Promise<WatchedRuns> {
  const abort = new AbortController();
  const succeeded = new Set<string>();
  const settled = new Set<string>();
  let problem: Error | null = null;
  const runs = new SharedInformer<RunObject>({
    client,
    resource: RUNS,
    selection: { namespace },
    clock: systemClock,
    random: Math.random,
    // Only what is asked for is kept: the benchmark's own memory and pauses are none of the controller's.
    transform: ({ spec: _spec, status, ...rest }) => ({
      ...rest,
      ...(status?.phase === undefined ? {} : { status: { phase: status.phase } }),
    }),
    onProblem: ({ error }) => (problem = asError(error)),
  });
  runs.subscribe(({ object: { metadata, status } }) => {
    const { phase } = status ?? {};
    if (phase === 'Failed' || phase === 'Cancelled') problem = new Error(`the run ${metadata.name} is ${phase}`);
    if (phase !== 'Succeeded') return;
    succeeded.add(metadata.name);
    if ((metadata.finalizers ?? []).length === 0) settled.add(metadata.name);
  });
  const watching = runs.run(abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) problem = asError(error);
  });
  await runs.synced(abort.signal);
  const counted = (names: ReadonlySet<string>): number => {
    if (problem !== null) throw problem;
    return names.size;
  };
  return {
    settled: () => counted(settled),
    succeeded: () => counted(succeeded),
    async stop() {
      abort.abort();
      await watching;
    },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
