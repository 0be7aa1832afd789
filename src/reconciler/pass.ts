import type { Checked } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import type { Clock } from '../api/clock.js';
import { ANNOTATION, OWES_FINALIZER } from '../api/names.js';
import type { ObjectExecutor } from '../executors/executor.js';
import type { ExecutorRegistry } from '../executors/registry.js';
import type { Observation } from '../executors/observation.js';
import type { Plan } from '../plan/plan.js';
import type { RunState } from '../plan/run-state.js';
import type { Translator } from '../plan/translator.js';
import { decodeEngine } from '../status/decode.js';
import { type ActResult, act } from './act.js';
import { attemptOf } from './attempt-of.js';
import { type Command, commandsOf, trackedObjects } from './commands.js';
import { StatusRejectedError, commit, commitForked, commitUnreadable, showsBacklog } from './commit.js';
import { decide } from './decide/decide.js';
import type { DecideInput } from './decide/input.js';
import { lastInstant } from './decide/last-instant.js';
import { isTerminalPhase } from './decide/phases.js';
import type { ActionAccess, AuditRelay, PassObserver, RunAccess, RunResource } from './ports.js';
import { runFacts } from './run-facts.js';

/** An act is sent only this soon after its commit; later, somebody else may have decided (design review C5). */
const ACT_WITHIN_MS = 10_000;
/** Refused creates are decided on in the same pass; more rounds than this are none of one pass's business. */
const MAX_ROUNDS = 4;

export interface PassDeps {
  readonly clock: Clock;
  readonly runs: RunAccess;
  readonly actions: ActionAccess;
  readonly relay: AuditRelay;
  readonly registry: ExecutorRegistry;
  readonly translator: Translator;
  readonly planOf: (resource: RunResource) => Checked<Plan>;
  readonly observer: PassObserver;
}

/** When to come again: at an instant, soon (with the queue's backoff), or when something happens. */
export type PassResult =
  | { readonly kind: 'wait' }
  | { readonly kind: 'at'; readonly at: Instant }
  | { readonly kind: 'again'; readonly because: unknown };

const WAIT: PassResult = { kind: 'wait' };

/**
 * One pass over one run: observe → decide → commit → act → relay. Everything that it does may be repeated, and a crash
 * between any two calls is repaired by the next pass.
 *
 * @throws ApiError where the API server refuses a write of ours (409: the pass is dropped, and comes again)
 */
export async function pass(
  deps: PassDeps,
  key: { readonly namespace: string; readonly name: string },
): Promise<PassResult> {
  const seen = deps.runs.get(key.namespace, key.name);
  if (seen === undefined) return WAIT;
  const decoded = decodeEngine(seen.status['engine']);
  // A status that we cannot read belongs to another version: hands off (kubernaut behaviour 10).
  if (!decoded.ok) {
    await commitUnreadable(deps.runs, seen, decoded.problems, deps.clock.now());
    return WAIT;
  }
  if (deps.relay.forked(seen.ref.uid)) {
    await commitForked(deps.runs, seen, deps.clock.now());
    return WAIT;
  }
  const owes = seen.finalizers.includes(OWES_FINALIZER);
  if (!owes && (seen.deleting || (decoded.value !== null && isTerminalPhase(decoded.value.phase))))
    return new Pass(deps, seen, decoded.value).afterTheEnd();
  return new Pass(deps, owes ? seen : await claim(deps, seen), decoded.value).run();
}

/** F+: from now on the run owes its audit trail and the objects that it will create. */
function claim(deps: PassDeps, resource: RunResource): Promise<RunResource> {
  const ranAs = resource.annotations[ANNOTATION.ranAs] ?? resource.ref.uid;
  return deps.runs.patch(resource.ref, {
    metadata: {
      resourceVersion: resource.resourceVersion,
      finalizers: [...resource.finalizers, OWES_FINALIZER],
      annotations: { [ANNOTATION.ranAs]: ranAs },
    },
  });
}

/** Nothing is owed any more; only the time to live is left. */
async function finished(deps: PassDeps, resource: RunResource, state: RunState | null): Promise<PassResult> {
  deps.relay.forget(resource.ref.uid);
  if (resource.deleting || state?.finishedAt === undefined || state.finishedAt === null) return WAIT;
  const ttlMs = deps.translator.ttlMs(resource.spec);
  if (ttlMs === null) return WAIT;
  const at = state.finishedAt + ttlMs;
  if (deps.clock.now() < at) return { kind: 'at', at };
  await deps.runs.remove(resource.ref);
  return WAIT;
}

class Pass {
  readonly #deps: PassDeps;
  #resource: RunResource;
  #state: RunState | null;
  #observations = new Map<string, Observation>();
  /** The last commit wrote something: nobody else had written since it was decided on. */
  #fenced = false;

  constructor(deps: PassDeps, resource: RunResource, state: RunState | null) {
    this.#deps = deps;
    this.#resource = resource;
    this.#state = state;
  }

  async run(): Promise<PassResult> {
    const plan = this.#deps.planOf(this.#resource);
    if (plan.ok) await this.#observe(plan.value);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const now = this.#now();
      const decision = decide(this.#input(plan, now));
      const committedAt = this.#deps.clock.monotonic();
      try {
        await this.#commit(plan, decision.state, now);
      } catch (error) {
        if (error instanceof StatusRejectedError) await this.#goOnStopping(plan);
        throw error;
      }
      const result = await this.#act(plan, decision.state, committedAt);
      if (result === 'decide-again') continue;
      if (result !== null) return result;
      return this.#settle(decision.state, decision.wakeAt);
    }
    return { kind: 'again', because: null };
  }

  /**
   * A controller that stood still between its decision and its request creates an object of a run that is over: that is
   * stopped, and let go of.
   */
  async afterTheEnd(): Promise<PassResult> {
    const state = this.#state;
    if (state !== null) {
      const { errors } = await this.#carryOut(this.#commandsOf(null, state), state);
      if (errors.length > 0) return { kind: 'again', because: errors[0] };
    }
    return finished(this.#deps, this.#resource, state);
  }

  /** A run's time never goes back, whatever the clock of the last leader said (design review C16). */
  #now(): Instant {
    return Math.max(this.#deps.clock.now(), this.#state === null ? 0 : lastInstant(this.#state));
  }

  async #observe(plan: Plan): Promise<void> {
    const state = this.#state;
    if (state === null || isTerminalPhase(state.phase)) return;
    await Promise.all(
      state.tasks.map(async (task) => {
        const attempt = attemptOf(this.#resource.ref, plan, state, task);
        const executor =
          'attempt' in task.position ? this.#deps.registry.object(task.position.attempt.executor) : undefined;
        if (attempt !== null && executor !== undefined)
          this.#observations.set(task.name, await executor.observe(attempt));
      }),
    );
  }

  #input(plan: Checked<Plan>, now: Instant): DecideInput {
    const { uid } = this.#resource.ref;
    return {
      run: runFacts(this.#resource),
      plan,
      state: this.#state,
      observations: this.#observations,
      actions: this.#deps.actions.of(uid).map((each) => each.action),
      acked: this.#deps.relay.ackedOf(uid),
      backlog: this.#deps.relay.backlog(),
      backlogShown: showsBacklog(this.#resource),
      executors: this.#deps.registry.all,
      onSpecChange: this.#deps.translator.onSpecChange,
      now,
      clock: this.#deps.clock.now(),
    };
  }

  async #commit(plan: Checked<Plan>, state: RunState, now: Instant): Promise<void> {
    const known = this.#state?.audit.seq ?? 0;
    const written = await commit(this.#deps, {
      resource: this.#resource,
      plan: plan.ok ? plan.value : null,
      before: this.#state,
      state,
      backlog: this.#deps.relay.backlog(),
      now,
    });
    if (written !== null) {
      this.#resource = written;
      const fresh = state.audit.outbox.filter((event) => event.seq > known);
      this.#deps.observer.committed(this.#resource.ref, fresh, state.phase);
    }
    this.#state = state;
    this.#fenced = written !== null;
    this.#deps.relay.submit(this.#resource.ref.uid, state.audit.outbox);
  }

  async #act(plan: Checked<Plan>, state: RunState, committedAt: number): Promise<PassResult | 'decide-again' | null> {
    if (this.#deps.clock.monotonic() - committedAt > ACT_WITHIN_MS) return { kind: 'again', because: null };
    const commands = this.#commandsOf(plan.ok ? plan.value : null, state);
    // An intent that an earlier pass committed has no fence of its own: who was away for a while may hold an old one.
    if (!this.#fenced && commands.some(({ kind }) => kind === 'Start') && !(await this.#isLatest()))
      return { kind: 'again', because: null };
    const result = await this.#carryOut(commands, state);
    for (const [task, observation] of [...result.refused, ...result.unavailable])
      this.#observations.set(task, observation);
    if (result.errors.length > 0) return { kind: 'again', because: result.errors[0] };
    if (result.refused.size > 0) return 'decide-again';
    return result.unavailable.size > 0 ? this.#waitForServer(plan) : null;
  }

  #commandsOf(plan: Plan | null, state: RunState): readonly Command[] {
    const { uid } = this.#resource.ref;
    const open = this.#deps.actions.of(uid).filter((each) => !each.answered);
    return commandsOf({
      run: this.#resource.ref,
      plan,
      state,
      observations: this.#observations,
      executors: this.#deps.registry.objects,
      unanswered: new Set(open.map((each) => each.action.uid)),
    });
  }

  #carryOut(commands: readonly Command[], { audit }: RunState): Promise<ActResult> {
    const { runs, actions, registry } = this.#deps;
    const executor = (name: string): ObjectExecutor | undefined => registry.object(name);
    return act(commands, { run: this.#resource.ref, runs, executor, actions, seq: audit.seq });
  }

  /** Nothing new can be written, so nothing starts: only what is committed is still stopped and let go of (C9). */
  async #goOnStopping(plan: Checked<Plan>): Promise<void> {
    const state = this.#state;
    if (state === null) return;
    const commands = this.#commandsOf(plan.ok ? plan.value : null, state).filter(({ kind }) => kind !== 'Start');
    const { errors } = await this.#carryOut(commands, state);
    if (errors.length > 0) throw errors[0];
  }

  /** Nobody has written the run since it was seen. */
  async #isLatest(): Promise<boolean> {
    const { ref, resourceVersion } = this.#resource;
    const live = await this.#deps.runs.refresh(ref.namespace, ref.name);
    return live !== null && live.ref.uid === ref.uid && live.resourceVersion === resourceVersion;
  }

  /** Shows why nothing could be created, and comes again with the queue's backoff. */
  async #waitForServer(plan: Checked<Plan>): Promise<PassResult> {
    const now = this.#now();
    const decision = decide(this.#input(plan, now));
    await this.#commit(plan, decision.state, now);
    return { kind: 'again', because: null };
  }

  /** F−: once all is recorded, stored and released, the run owes nothing any more. */
  async #settle(state: RunState, wakeAt: Instant | null): Promise<PassResult> {
    const { ref } = this.#resource;
    const { uid } = ref;
    // What another process has seen stored is written down; this one's relay may never have carried it.
    const stored = Math.max(this.#deps.relay.ackedOf(uid), state.audit.acked);
    const owes = !isTerminalPhase(state.phase) || stored < state.audit.seq;
    if (owes || this.#deps.registry.objects.some((executor) => trackedObjects(executor, ref, state).length > 0)) {
      return wakeAt === null ? WAIT : { kind: 'at', at: wakeAt };
    }
    const written = await this.#deps.runs.patch(this.#resource.ref, {
      metadata: {
        resourceVersion: this.#resource.resourceVersion,
        finalizers: this.#resource.finalizers.filter((name) => name !== OWES_FINALIZER),
        annotations: { [ANNOTATION.completedAs]: uid },
      },
    });
    this.#resource = written;
    return finished(this.#deps, written, state);
  }
}
