import type { JsonObject } from '../../src/api/json.js';
import { isJsonObject } from '../../src/api/json.js';
import type { Job, KubeEvent, Pod } from '../../src/api/kube.js';
import { API_VERSION, LABEL, OWES_FINALIZER } from '../../src/api/names.js';
import type { ActionVerb, WorkflowAction, WorkflowExecution } from '../../src/api/types.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { type Trail, trailOf } from '../../src/audit/query.js';
import { EVENTS, JOBS, PODS, type Resource, type Stored } from '../../src/cluster/resource.js';
import type { Translator } from '../../src/plan/translator.js';
import type { ContainerScript } from '../../src/cluster/kubelet/index.js';
import type { IdSource } from '../../src/cluster/index.js';
import { type ApiCall, isWrite } from './embedded/api-call.js';
import { ControllerProcess } from './embedded/controller-process.js';
import { type EmbeddedCluster, NAMESPACE, type StepScript, startCluster } from './embedded/embedded-cluster.js';
import { type Fault, Faults } from './embedded/faults.js';
import type { StoreCall, StoreFault } from './embedded/recording-store.js';
import type { WatchShape } from './embedded/recording-transport.js';
import { VirtualClock, settle } from './virtual-clock.js';

/** A run, of whatever kind: what kinds have in common they have as a WorkflowExecution has it. */
export type Run = Stored<WorkflowExecution>;

/** What names a kind of runs. */
export type RunKind = Pick<Translator, 'apiVersion' | 'kind' | 'plural'>;

/** A kind that Lockstep does not bring. */
export interface ForeignKind {
  readonly translator: Translator;
  /** Its CustomResourceDefinition. */
  readonly definition: JsonObject;
}

export const EXECUTION: RunKind = { apiVersion: API_VERSION, kind: 'WorkflowExecution', plural: 'workflowexecutions' };

export const RUNS: Resource<WorkflowExecution> = resourceOf(EXECUTION);

function resourceOf({ apiVersion, kind, plural }: RunKind): Resource<WorkflowExecution> {
  const [group = '', version = ''] = apiVersion.split('/');
  return { group, version, plural, kind, namespaced: true };
}

const ACTIONS: Resource<WorkflowAction> = {
  group: 'lockstep.dev',
  version: 'v1alpha1',
  plural: 'workflowactions',
  kind: 'WorkflowAction',
  namespaced: true,
};

/** One second, then 0: a step that ends well. */
export const ENDS_WELL: ContainerScript = { end: { exitCode: 0, afterMs: 1_000 } };
/** Until it is stopped. */
export const RUNS_ON: ContainerScript = {};

interface WorldOptions {
  /** What the containers of the steps do; default ENDS_WELL. */
  readonly script?: StepScript;
  /** Makes every world give the same UIDs: names and jitter follow from them. */
  readonly ids?: IdSource;
  /** Kinds beside those of Lockstep. */
  readonly kinds?: readonly ForeignKind[];
}

interface ProcessOptions {
  readonly shape?: WatchShape;
}

/**
 * The product on the embedded cluster, all in this process and on a clock that only the test moves: API server,
 * controllers, scheduler, kubelet (its containers are scripted), audit store, and Lockstep's controller as `lockstep
 * run` starts it. Two things survive a controller: what the API server holds, and what the audit store holds.
 *
 * A test creates runs through the API, lets time pass, injects faults into the controller's calls, kills and restarts
 * controllers, and looks at what the API server and the store then hold.
 */
export class EmbeddedWorld {
  readonly clock: VirtualClock;
  readonly cluster: EmbeddedCluster;
  readonly store = new MemoryAuditStore();
  readonly faults = new Faults();
  /** Every request of every controller, in order. */
  readonly calls: ApiCall[] = [];
  /** Every call of every controller to the audit store, in order. */
  readonly storeCalls: StoreCall[] = [];
  /** Every version of every run, in order. */
  readonly versions: Run[] = [];
  /** Every pod and every Job that was ever created, as it was then. */
  readonly created: (Stored<Pod> | Stored<Job>)[] = [];
  /** Every version of every pod, in order; the last of one that is gone is its last form. */
  readonly podVersions: Stored<Pod>[] = [];
  readonly #translators: readonly Translator[];
  readonly #gone = new Set<string>();
  #processes: readonly ControllerProcess[] = [];
  #storeFaults: readonly { readonly matches: (call: StoreCall) => boolean; readonly fault: StoreFault }[] = [];

  private constructor(clock: VirtualClock, cluster: EmbeddedCluster, kinds: readonly ForeignKind[]) {
    this.clock = clock;
    this.cluster = cluster;
    this.#translators = [...TRANSLATORS, ...kinds.map(({ translator }) => translator)];
    this.#record();
  }

  /** A cluster without a controller. */
  static async withoutController(options: WorldOptions = {}): Promise<EmbeddedWorld> {
    const { script = () => ENDS_WELL, ids, kinds = [] } = options;
    const clock = new VirtualClock();
    const definitions = kinds.map(({ definition }) => definition);
    const cluster = await startCluster(clock, script, { definitions, ...(ids === undefined ? {} : { ids }) });
    return new EmbeddedWorld(clock, cluster, kinds);
  }

  /** A cluster with one controller, whose caches are filled. */
  static async start(options: WorldOptions = {}): Promise<EmbeddedWorld> {
    const world = await EmbeddedWorld.withoutController(options);
    await world.startController();
    return world;
  }

  /** The latest process. */
  get controller(): ControllerProcess {
    const process = this.#processes.at(-1);
    if (process === undefined) throw new Error('no controller was started');
    return process;
  }

  /** Starts a controller beside those that live. */
  async startController({ shape }: ProcessOptions = {}): Promise<ControllerProcess> {
    const { clock, cluster, store, faults, calls, storeCalls } = this;
    const number = this.#processes.length + 1;
    const storeFaultOf = (call: StoreCall): StoreFault | null =>
      this.#storeFaults.find(({ matches }) => matches(call))?.fault ?? null;
    const server = cluster.server.transport();
    const translators = this.#translators;
    const own = { number, clock, server, store, faults, calls, storeCalls, storeFaultOf, shape, translators };
    const started = new ControllerProcess(own);
    this.#processes = [...this.#processes, started];
    await settle();
    return started;
  }

  /** kill -9 of every controller, and a new one, which knows nothing but what the API server and the store hold. */
  async restartController(options: ProcessOptions = {}): Promise<ControllerProcess> {
    for (const process of this.#processes) process.kill();
    return this.startController(options);
  }

  /** Every process that was started, the dead ones too. */
  get processes(): readonly ControllerProcess[] {
    return this.#processes;
  }

  /** `times`: how many of the matching calls of any controller meet the fault; default one. */
  inject(matches: (call: ApiCall) => boolean, fault: Fault, times = 1): void {
    this.faults.add(matches, fault, times);
  }

  /** What every matching call to the audit store meets. */
  injectAtStore(matches: (call: StoreCall) => boolean, fault: StoreFault): void {
    this.#storeFaults = [...this.#storeFaults, { matches, fault }];
  }

  /** Creates a run, by default a WorkflowExecution, as a user would; rejects with a StatusError where the API server refuses it. */
  async createRun(spec: JsonObject, options: RunMetadata = {}): Promise<Run> {
    const { name = 'web', of = EXECUTION, ...metadata } = options;
    const { apiVersion, kind } = of;
    const run = { apiVersion, kind, metadata: { ...metadata, name, namespace: NAMESPACE }, spec };
    const created = await this.cluster.client.create(resourceOf(of), asRun(run));
    await settle();
    return created;
  }

  /** Changes a run's spec, as a user would; rejects with a StatusError where the API server refuses it. */
  async changeSpec(run: Run, patch: JsonObject): Promise<Run> {
    const { name } = run.metadata;
    const merge = { type: 'merge', body: { spec: patch } } as const;
    const changed = await this.cluster.client.patch(this.#resourceOf(run), { namespace: NAMESPACE, name }, merge);
    await settle();
    return changed;
  }

  /** Deletes a run, as a user would. */
  async deleteRun(run: Run): Promise<void> {
    await this.cluster.client.delete(this.#resourceOf(run), { namespace: NAMESPACE, name: run.metadata.name });
    await settle();
  }

  /** Creates a WorkflowAction about a run. */
  async act(run: Run, verb: ActionVerb, { step }: { readonly step?: string } = {}): Promise<void> {
    const { apiVersion, kind } = run;
    const { name, uid } = run.metadata;
    const spec = {
      verb,
      executionRef: { apiVersion, kind, name, uid },
      requestedBy: 'dana@example.com',
      reason: 'because of the test',
    };
    const action = {
      apiVersion: API_VERSION,
      kind: 'WorkflowAction',
      metadata: { generateName: `${name}-`, namespace: NAMESPACE },
      spec: { ...spec, ...(step === undefined ? {} : { step }) },
    };
    await this.cluster.client.create(ACTIONS, asAction(action));
    await settle();
  }

  /** The run as the API server holds it. */
  run(run: Run): Promise<Run> {
    return this.cluster.client.get(this.#resourceOf(run), { namespace: NAMESPACE, name: run.metadata.name });
  }

  /** Lets time pass until the run is over and owes nothing, and all that follows has settled; the run as it is then. */
  async runToEnd(run: Run, limitMs = 3_600_000): Promise<Run> {
    await this.until(run, isDone, limitMs);
    await settle();
    return this.latest(run);
  }

  /** Lets time pass until the run's latest version meets the condition. */
  async until(run: Run, condition: (run: Run) => boolean, limitMs = 3_600_000): Promise<Run> {
    try {
      await this.clock.advanceUntil(() => condition(this.latest(run)), limitMs);
    } catch (error) {
      throw new Error(
        `${String(error)}\n${JSON.stringify(this.latest(run).status?.engine, null, 1)}\n${this.warnings()}`,
        { cause: error },
      );
    }
    return this.latest(run);
  }

  /** The last version of a run that was seen; of one that is deleted its last form. */
  latest(run: Run): Run {
    return this.versions.findLast((version) => version.metadata.uid === run.metadata.uid) ?? run;
  }

  /** The API server holds it no more. */
  isGone(run: Run): boolean {
    return this.#gone.has(run.metadata.uid);
  }

  async trail(uid: string): Promise<Trail> {
    return (await trailOf(this.store, uid)) ?? { uid, events: [], problems: [] };
  }

  writes(): readonly ApiCall[] {
    return this.calls.filter(isWrite);
  }

  async pods(): Promise<readonly Stored<Pod>[]> {
    return (await this.cluster.client.list(PODS, { namespace: NAMESPACE })).items;
  }

  async jobs(): Promise<readonly Stored<Job>[]> {
    return (await this.cluster.client.list(JOBS, { namespace: NAMESPACE })).items;
  }

  async events(): Promise<readonly Stored<KubeEvent>[]> {
    return (await this.cluster.client.list(EVENTS, { namespace: NAMESPACE })).items;
  }

  /** What the actions' own statuses say, by name. */
  async actionStatuses(): Promise<readonly { readonly name: string; readonly status: unknown }[]> {
    const { items } = await this.cluster.client.list(ACTIONS, { namespace: NAMESPACE });
    return items.map(({ spec, status }) => ({ name: spec.verb, status }));
  }

  /** What controllers logged as warnings or worse, and what the cluster's parts reported. */
  warnings(): string {
    const own = this.#processes.flatMap(({ number, warnings }) => warnings.map((line) => `process ${number}: ${line}`));
    return [...own, ...this.cluster.errors.map(String)].join('\n');
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.faults.clear();
    for (const process of this.#processes) process.kill();
    await this.cluster.stop();
  }

  #resourceOf(run: Run): Resource<WorkflowExecution> {
    const kind = this.#translators.find((each) => each.apiVersion === run.apiVersion && each.kind === run.kind);
    return kind === undefined ? RUNS : resourceOf(kind);
  }

  #record(): void {
    const { client } = this.cluster;
    const { signal } = new AbortController();
    for (const kind of this.#translators) {
      client.watch(resourceOf(kind), { signal }, ({ type, object }) => {
        this.versions.push(object);
        if (type === 'DELETED') this.#gone.add(object.metadata.uid);
      });
    }
    const record = ({ type, object }: { readonly type: string; readonly object: Stored<Pod> | Stored<Job> }): void => {
      if (type === 'ADDED') this.created.push(object);
    };
    client.watch(PODS, { signal }, (event) => {
      record(event);
      this.podVersions.push(event.object);
    });
    client.watch(JOBS, { signal }, record);
  }
}

interface RunMetadata {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Its kind; default WorkflowExecution. */
  readonly of?: RunKind;
}

/** Over, and nothing is owed any more. */
export function isDone(run: Run): boolean {
  return run.status?.completionTime !== undefined && !(run.metadata.finalizers ?? []).includes(OWES_FINALIZER);
}

/** State of each step. */
export function statesOf(run: Run): Readonly<Record<string, string>> {
  return Object.fromEntries((run.status?.engine?.tasks ?? []).map((task) => [task.name, task.state]));
}

/** What a test sends may be anything: the API server is the one that checks it. */
function asRun(object: JsonObject): WorkflowExecution & JsonObject {
  return object as WorkflowExecution & JsonObject;
}

function asAction(object: JsonObject): WorkflowAction & JsonObject {
  if (!isJsonObject(object['spec'])) throw new Error('an action has a spec');
  return object as unknown as WorkflowAction & JsonObject;
}

/** The pods that were ever created for a step, a Job's pods too. */
export function podsOf(world: EmbeddedWorld, step: string): readonly Stored<Pod>[] {
  return world.created.filter(
    (object): object is Stored<Pod> => object.kind === 'Pod' && object.metadata.labels?.[LABEL.task] === step,
  );
}

/** Types of the audit events that are stored of a run, in order. */
export async function eventTypes(world: EmbeddedWorld, run: Run): Promise<readonly string[]> {
  return (await world.trail(run.metadata.uid)).events.map(({ type }) => type);
}

/** Names of the objects of all attempts that the run's status lists, in the order of its steps. */
export function objectNames(run: Run): readonly string[] {
  return (run.status?.engine?.tasks ?? []).flatMap(({ attempts }) =>
    attempts.flatMap(({ object }) => object?.name ?? []),
  );
}
