import type { Instant } from '../../src/api/instant.js';
import type { RunRef } from '../../src/api/run-ref.js';
import type { ActionVerb } from '../../src/api/types.js';
import { delayExecutor } from '../../src/executors/delay/delay-executor.js';
import type { ExecutorType } from '../../src/executors/executor.js';
import type { Observation } from '../../src/executors/observation.js';
import { observePod } from '../../src/executors/pod/observe-pod.js';
import type { Plan } from '../../src/plan/plan.js';
import type { RunState } from '../../src/plan/run-state.js';
import type { Translator } from '../../src/plan/translator.js';
import { commandsOf } from '../../src/reconciler/commands.js';
import { decide } from '../../src/reconciler/decide/decide.js';
import type { RequestedAction } from '../../src/reconciler/decide/input.js';
import { makePod, type PodScript } from './pods.js';

/** What happens to an attempt's pod, and after how many ms each time. `refused`: its create is answered with 403. */
export type Fate =
  | { readonly kind: 'pod'; readonly scenes: readonly { readonly afterMs: number; readonly script: PodScript }[] }
  | { readonly kind: 'refused'; readonly message: string };

interface WorldPod {
  readonly uid: string;
  readonly task: string;
  readonly fate: Extract<Fate, { kind: 'pod' }>;
  readonly createdAt: Instant;
  deletedAt: Instant | null;
}

export const POD_EXECUTOR: ExecutorType = {
  kind: 'object',
  name: 'pod',
  apiVersion: 'v1',
  objectKind: 'Pod',
  validate: () => [],
  containers: () => ({ main: ['main'], template: ['main'] }),
};

export const EXECUTORS: ReadonlyMap<string, ExecutorType> = new Map<string, ExecutorType>([
  ['pod', POD_EXECUTOR],
  ['delay', delayExecutor],
]);

/** A time after which a deleted pod has ended. */
const STOPS_AFTER_MS = 1_000;

/**
 * A cluster made of nothing but this file, to drive decide: it creates and stops pods as the commands say, moves time to
 * the next thing that happens, and remembers everything that was done.
 */
export class World {
  readonly run: RunRef = {
    apiVersion: 'lockstep.dev/v1alpha1',
    kind: 'WorkflowExecution',
    namespace: 'test',
    name: 'run',
    uid: 'uid-1',
  };
  /** May be another one after a while, where `onSpecChange` says what follows. */
  plan: Plan;
  onSpecChange: Translator['onSpecChange'] = null;
  readonly fateOf: (task: string, attempt: number) => Fate;
  readonly pods = new Map<string, WorldPod>();
  readonly creates: string[] = [];
  /** Every state that was committed, in order. */
  readonly states: RunState[] = [];
  now: Instant;
  /** Null: as `now`, which it is but for a controller whose clock is behind what the last one has written. */
  clock: Instant | null = null;
  state: RunState | null = null;
  wakeAt: Instant | null = null;
  deleting = false;
  actions: RequestedAction[] = [];

  constructor(plan: Plan, fateOf: (task: string, attempt: number) => Fate, now = Date.UTC(2026, 0, 1)) {
    this.plan = plan;
    this.fateOf = fateOf;
    this.now = now;
  }

  act(verb: ActionVerb, step: string | null = null): void {
    const n = this.actions.length + 1;
    this.actions = [
      ...this.actions,
      { uid: `action-${n}`, name: `action-${n}`, verb, by: 'dana', reason: 'because of the test', step },
    ];
  }

  /** One pass: decide until nothing is refused, commit, act. */
  pass(): RunState {
    const observations = new Map<string, Observation>();
    for (const task of this.state?.tasks ?? []) {
      if ('attempt' in task.position && task.position.attempt.object !== null)
        observations.set(task.name, this.observe(task.position.attempt.object.name));
    }
    for (;;) {
      const decision = this.decide(observations);
      this.wakeAt = decision.wakeAt;
      if (decision.state !== this.state) this.states.push(decision.state);
      this.state = decision.state;
      const refused = this.carryOut(decision.state, observations);
      if (refused.size === 0) return decision.state;
      for (const [task, observation] of refused) observations.set(task, observation);
    }
  }

  decide(observations: ReadonlyMap<string, Observation>) {
    return decide({
      run: {
        ref: this.run,
        generation: 1,
        specDigest: 'sha256:spec',
        requestedBy: 'dana',
        deleting: this.deleting,
        ranAs: this.run.uid,
      },
      plan: { ok: true, value: this.plan },
      state: this.state,
      observations,
      actions: this.actions,
      acked: this.state?.audit.seq ?? 0,
      backlog: null,
      backlogShown: false,
      executors: EXECUTORS,
      onSpecChange: this.onSpecChange,
      now: this.now,
      clock: this.clock ?? this.now,
    });
  }

  observe(name: string): Observation {
    const pod = this.pods.get(name);
    if (pod === undefined) return { kind: 'NotThere', checked: true, refusal: null };
    const script = this.scriptOf(pod);
    const object = makePod({ name, uid: pod.uid, terminating: pod.deletedAt !== null }, script, this.now);
    return observePod(object, ['main'], { pod: object });
  }

  /** Lets time pass to the next thing that will happen; false where nothing will. */
  advance(): boolean {
    const next = Math.min(this.wakeAt ?? Infinity, ...[...this.pods.values()].map((pod) => this.nextScene(pod)));
    if (next === Infinity) return false;
    this.now = Math.max(this.now, next);
    return true;
  }

  /** Passes until the run is over; throws where nothing will ever happen again, or after too many passes. */
  runToEnd(limit = 2_000): RunState {
    for (let count = 0; count < limit; count += 1) {
      const state = this.pass();
      if (state.finishedAt !== null) return state;
      if (!this.advance())
        throw new Error(
          `nothing will happen any more: ${JSON.stringify(state.tasks.map((task) => [task.name, task.position.state]))}`,
        );
    }
    throw new Error(`the run did not end within ${limit} passes`);
  }

  private carryOut(state: RunState, observations: ReadonlyMap<string, Observation>): Map<string, Observation> {
    const refused = new Map<string, Observation>();
    const commands = commandsOf({
      run: this.run,
      plan: this.plan,
      state,
      observations,
      executors: [],
      unanswered: new Set(),
    });
    for (const command of commands) {
      if (command.kind !== 'Start' && command.kind !== 'Stop') continue;
      const name = command.attempt.object?.name ?? '';
      const pod = this.pods.get(name);
      if (command.kind === 'Stop') {
        if (pod !== undefined) pod.deletedAt ??= this.now;
        continue;
      }
      if (pod !== undefined) continue;
      const fate = this.fateOf(command.attempt.task, command.attempt.number);
      this.creates.push(name);
      if (fate.kind === 'refused') {
        const createError = {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          reason: 'Forbidden',
          code: 403,
          message: fate.message,
        };
        refused.set(command.attempt.task, { kind: 'Ended', object: null, started: [], evidence: { createError } });
        continue;
      }
      this.pods.set(name, {
        uid: `pod-${name}`,
        task: command.attempt.task,
        fate,
        createdAt: this.now,
        deletedAt: null,
      });
    }
    return refused;
  }

  private scriptOf(pod: WorldPod): PodScript {
    let script: PodScript = { kind: 'created' };
    let at = pod.createdAt;
    for (const scene of pod.fate.scenes) {
      at += scene.afterMs;
      if (at > Math.min(this.now, pod.deletedAt ?? Infinity)) break;
      script = scene.script;
    }
    if (pod.deletedAt === null || script.kind === 'ended' || this.now < pod.deletedAt + STOPS_AFTER_MS) return script;
    // What had not started is rewritten by the kubelet, what ran was killed.
    return { kind: 'ended', exitCode: 137, reason: script.kind === 'running' ? 'Error' : 'ContainerStatusUnknown' };
  }

  private nextScene(pod: WorldPod): Instant {
    const times = pod.fate.scenes.reduce<Instant[]>(
      (all, scene) => [...all, (all.at(-1) ?? pod.createdAt) + scene.afterMs],
      [],
    );
    const coming = [...times, ...(pod.deletedAt === null ? [] : [pod.deletedAt + STOPS_AFTER_MS])].filter(
      (at) => at > this.now,
    );
    return coming.length === 0 ? Infinity : Math.min(...coming);
  }
}

/** A pod that runs a while and ends with a code. */
export function runs(
  exitCode: number,
  { forMs = 3_000, message }: { readonly forMs?: number; readonly message?: string } = {},
): Fate {
  return {
    kind: 'pod',
    scenes: [
      { afterMs: 100, script: { kind: 'running' } },
      { afterMs: forMs, script: { kind: 'ended', exitCode, ...(message === undefined ? {} : { message }) } },
    ],
  };
}

/** A pod whose image cannot be pulled. */
export const PULL_FAILS: Fate = {
  kind: 'pod',
  scenes: [
    { afterMs: 100, script: { kind: 'waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } },
  ],
};

/** A pod that runs for ever. */
export const RUNS_ON: Fate = { kind: 'pod', scenes: [{ afterMs: 100, script: { kind: 'running' } }] };
