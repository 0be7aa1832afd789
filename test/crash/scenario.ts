import type { JsonObject } from '../../src/api/json.js';
import type { StepScript } from '../support/embedded/embedded-cluster.js';
import type { EmbeddedWorld, Run, RunKind } from '../support/embedded-world.js';

/** Something that somebody else does in the course of a scenario. */
export interface Happening {
  /** Begins to count once this holds of the run's latest version. */
  readonly when: (run: Run) => boolean;
  /** Then it happens this much later: longer than any single fault can delay the controller (20 s; a write is given up
   * after 15 s), so that it always meets the same situation. */
  readonly afterMs: number;
  readonly act: (world: EmbeddedWorld, run: Run) => Promise<void>;
}

/** A story that is told again and again, each time disturbed at another point. Adding one is adding an entry. */
export interface Scenario {
  readonly name: string;
  /** Default: a WorkflowExecution. */
  readonly of?: RunKind;
  readonly spec: JsonObject;
  /** What the containers do, by step and attempt. */
  readonly script: StepScript;
  /** What is there before the run is created. */
  readonly prepare?: (world: EmbeddedWorld) => Promise<void>;
  /** In this order. */
  readonly happenings?: readonly Happening[];
  /** How it ends when nothing disturbs it: so that a scenario is what its name says. */
  readonly ends: {
    readonly phase: string;
    readonly steps: Readonly<Record<string, string>>;
    /** How many times each step's container starts; absent: never. */
    readonly starts: Readonly<Record<string, number>>;
  };
  /** Steps run side by side: the events of one have no order among those of another. */
  readonly concurrent?: boolean;
}
