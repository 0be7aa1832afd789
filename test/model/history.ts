/** What a step's container does at one try. */
export type Try =
  | { readonly is: 'ends'; readonly exitCode: number; readonly afterMs: number }
  /** Runs until it is stopped; null: until it is killed. */
  | { readonly is: 'runs-on'; readonly stopsAfterMs: number | null }
  /** The container cannot be started, or not even be created. */
  | { readonly is: 'cannot-start' | 'cannot-be-created' };

/** One step of a random workflow: what the spec says of it, and what will become of it. */
export interface StepStory {
  readonly name: string;
  readonly work: 'pod' | 'job' | 'delay';
  /** Earlier steps that it depends on; of a sequence: none, since the order says it. */
  readonly needs: readonly string[];
  /** Null: no condition. */
  readonly when: boolean | null;
  readonly idempotent: boolean;
  /** Of each budget that the step may have. */
  readonly retries: number;
  /** One entry for each try; those beyond end well. */
  readonly tries: readonly Try[];
}

/** What happens to a run, to the controller or to the machine. */
export type Deed =
  /** kill -9 of every controller; a new one starts at once. */
  | { readonly do: 'kill' }
  /** The controller dies at the `calls`th API call from now. */
  | { readonly do: 'crash'; readonly calls: number; readonly when: 'before' | 'after' }
  /** A new leader starts; the old one goes on for a while, and is then killed. */
  | { readonly do: 'new-leader'; readonly overlapMs: number }
  /** The leader freezes at the `calls`th API call from now, another takes over, and the old one wakes up late. */
  | { readonly do: 'late-waker'; readonly calls: number; readonly when: 'before' | 'after'; readonly forMs: number }
  /** The wall clock jumps. */
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'act'; readonly verb: 'Cancel' | 'Terminate' | 'Suspend' | 'Resume' }
  | { readonly do: 'delete-run' }
  /** Somebody deletes or evicts the last pod of a step, where it has one. */
  | { readonly do: 'delete-pod' | 'evict-pod'; readonly step: string }
  /** The API server does not do, or does not answer, the `calls`th call from now. */
  | {
      readonly do: 'fault';
      readonly calls: number;
      readonly answer: 'reset' | 'timeout' | '409' | '429' | '500' | '503';
    }
  /** The audit store takes nothing for a while. */
  | { readonly do: 'store-down'; readonly forMs: number }
  /** No pod is placed for a while. */
  | { readonly do: 'cordon'; readonly forMs: number };

/** A random workflow and all that happens to it, in order; each deed `afterMs` after the one before. */
export interface History {
  readonly steps: readonly StepStory[];
  readonly finally: readonly StepStory[];
  readonly order: 'Sequential' | 'Graph';
  readonly onFailure: 'FailFast' | 'CancelRunning' | 'Continue';
  readonly parallelism: number;
  /** Bound of the whole run, or null. */
  readonly timeoutMs: number | null;
  readonly deeds: readonly { readonly afterMs: number; readonly deed: Deed }[];
}
