import type { JsonObject } from '../../src/api/json.js';
import { attemptObjectName } from '../../src/api/object-name.js';
import type { RunRef } from '../../src/api/run-ref.js';
import { createEvidenceSource } from '../../src/executors/access/evidence-source.js';
import { createObjectAccess } from '../../src/executors/access/object-access.js';
import { createAttemptIdentity } from '../../src/executors/attempt-identity.js';
import type { Attempt, ObjectExecutor } from '../../src/executors/executor.js';
import { createJobExecutor } from '../../src/executors/job/job-executor.js';
import { createPodExecutor } from '../../src/executors/pod/pod-executor.js';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import { createWorkflowExecutionTranslator } from '../../src/plan/workflow-execution/translator.js';
import { createInformers } from '../../src/reconciler/index.js';
import { createClient } from '../../src/runtime/index.js';
import { type StepScript, NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { Lifetime } from '../support/embedded/lifetime.js';
import { recordingTransport } from '../support/embedded/recording-transport.js';
import { container, workflow, podStep } from '../support/embedded/steps.js';
import { EmbeddedWorld } from '../support/embedded-world.js';
import { settle } from '../support/virtual-clock.js';

const KEY = new Uint8Array(32).fill(7);

/** The executors with their caches on the embedded cluster, and a run that no controller looks after. */
export class ExecutorFixture {
  readonly world: EmbeddedWorld;
  readonly run: RunRef;
  readonly pod: ObjectExecutor;
  readonly job: ObjectExecutor;
  readonly #stop: AbortController;

  private constructor(world: EmbeddedWorld, run: RunRef) {
    this.world = world;
    this.run = run;
    this.#stop = new AbortController();
    const { clock, faults, calls } = world;
    const inner = world.cluster.server.transport();
    const transport = recordingTransport({ inner, life: new Lifetime(), faults, process: 1, calls });
    const client = createClient({ transport, clock, random: () => 0.5, userAgent: 'lockstep/test' });
    const informers = createInformers([createWorkflowExecutionTranslator(INPUT_CHECKS)], {
      client,
      clock,
      random: () => 0.5,
      namespace: null,
      watchWarnings: true,
      freeze: true,
      onProblem: () => undefined,
    });
    const identity = createAttemptIdentity(KEY);
    const evidence = createEvidenceSource(client, clock, informers);
    const pods = createObjectAccess(client, informers.pods);
    this.pod = createPodExecutor({ pods, evidence, identity });
    this.job = createJobExecutor({ jobs: createObjectAccess(client, informers.jobs), pods, evidence, identity });
    for (const informer of [informers.pods, informers.jobs, informers.warnings]) void informer?.run(this.#stop.signal);
  }

  static async start(script?: StepScript): Promise<ExecutorFixture> {
    const world = await EmbeddedWorld.withoutController(script === undefined ? {} : { script });
    const { metadata } = await world.createRun(workflow([podStep('a')]));
    const run = {
      apiVersion: 'lockstep.dev/v1alpha1',
      kind: 'WorkflowExecution',
      namespace: NAMESPACE,
      name: metadata.name,
      uid: metadata.uid,
    };
    const fixture = new ExecutorFixture(world, run);
    await settle();
    return fixture;
  }

  /** Attempt `number` of step `a` as a pod: one container, whose command is `a`. */
  podAttempt(number = 1, change: Partial<Attempt> = {}): Attempt {
    return this.#attempt(number, {
      apiVersion: 'v1',
      kind: 'Pod',
      input: { spec: { containers: [container('a')] } },
      ...change,
    });
  }

  jobAttempt(number = 1, change: Partial<Attempt> = {}): Attempt {
    const input = { spec: { template: { spec: { containers: [container('a')] } } } };
    return this.#attempt(number, { apiVersion: 'batch/v1', kind: 'Job', input, ...change });
  }

  /** Lets time pass; whatever follows has happened and is in the caches. */
  async pass(ms: number): Promise<void> {
    await this.world.clock.advance(ms);
    await settle();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.world.stop();
  }

  #attempt(
    number: number,
    { apiVersion, kind, ...more }: { readonly apiVersion: string; readonly kind: string; readonly input: JsonObject },
  ): Attempt {
    return {
      run: this.run,
      task: 'a',
      number,
      serviceAccountName: null,
      quoteLogs: true,
      object: { apiVersion, kind, name: attemptObjectName(this.run, 'a', number), uid: null },
      intentAt: this.world.clock.now(),
      stopAt: null,
      ...more,
    };
  }
}

/** The attempt once its object's UID is committed. */
export function withUid(attempt: Attempt, uid: string): Attempt {
  return { ...attempt, object: attempt.object && { ...attempt.object, uid } };
}
