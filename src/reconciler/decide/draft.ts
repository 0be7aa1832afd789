import { CONTROLLER_ACTOR, type EventDraft } from '../../audit/event.js';
import { acknowledge, appendEvents } from '../../audit/chain.js';
import type { SkipReason } from '../../api/types.js';
import { indexPlan } from '../../plan/plan-index.js';
import type { RunState, TaskPosition, TaskState } from '../../plan/run-state.js';
import type { PlannedTask, Plan } from '../../plan/plan.js';
import type { DecideInput } from './input.js';
import { assertTaskTransition } from './phases.js';

interface Skip {
  readonly task: string;
  readonly reason: SkipReason;
  readonly message: string;
}

/**
 * What one call of decide is working on: the state so far and the events that tell of its changes. It lives for that
 * call only; what comes out is immutable again.
 */
export class Draft {
  readonly input: DecideInput;
  readonly plan: Plan;
  readonly #before: RunState;
  #state: RunState;
  #events: EventDraft[] = [];
  #skips: Skip[] = [];
  /** A task ended or was started in this call: a stepwise plan stops here. */
  boundary: boolean;

  constructor(input: DecideInput, plan: Plan, state: RunState, fresh: boolean) {
    this.input = input;
    this.plan = plan;
    this.#before = state;
    this.#state = state;
    this.boundary = fresh && plan.stepwise;
  }

  get now(): number {
    return this.input.now;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Events that are decided and not yet appended to the outbox. */
  get pending(): number {
    return this.#events.length + new Set(this.#skips.map((skip) => skip.reason)).size;
  }

  record(event: EventDraft): void {
    this.#events.push(event);
  }

  /** Skips of one call are told by one event for each reason: a long run's end fits into the outbox. */
  recordSkip(task: string, reason: SkipReason, message: string): void {
    this.#skips.push({ task, reason, message });
  }

  /** Tells what was skipped so far; called before what follows from it is told. */
  flushSkips(): void {
    for (const reason of new Set(this.#skips.map((skip) => skip.reason))) {
      const of = this.#skips.filter((skip) => skip.reason === reason);
      const messages = [...new Set(of.map((skip) => skip.message))];
      const data = { tasks: of.map((skip) => skip.task), reason, message: messages.join('; ') };
      this.record({ type: 'task.skipped', actor: CONTROLLER_ACTOR, data });
    }
    this.#skips = [];
  }

  update(change: Partial<RunState>): void {
    this.#state = { ...this.#state, ...change };
  }

  task(name: string): TaskState {
    const task = this.#state.tasks.find((candidate) => candidate.name === name);
    if (task === undefined) throw new Error(`the run has no task ${name}; this is a defect in Lockstep`);
    return task;
  }

  planned(name: string): PlannedTask {
    const task = indexPlan(this.plan).byName.get(name);
    if (task === undefined) throw new Error(`the plan has no task ${name}; this is a defect in Lockstep`);
    return task;
  }

  change(name: string, change: Partial<TaskState>): void {
    this.update({ tasks: this.#state.tasks.map((task) => (task.name === name ? { ...task, ...change } : task)) });
  }

  /** Moves a task, by the table of transitions; whatever it waited for is over. */
  move(name: string, position: TaskPosition, change: Partial<TaskState> = {}): void {
    assertTaskTransition(name, this.task(name).position.state, position.state);
    this.change(name, { waiting: null, ...change, position });
  }

  /** The next state: the one from before, identically, where nothing changed. */
  finish(): RunState {
    this.flushSkips();
    if (this.#state === this.#before && this.#events.length === 0) return this.#before;
    const { run, acked } = this.input;
    // What is stored makes room first: then more of what follows is kept in its full form.
    const stored = acknowledge(this.#state.audit, acked);
    return { ...this.#state, audit: appendEvents(stored, run.ref, this.now, this.#events) };
  }
}
