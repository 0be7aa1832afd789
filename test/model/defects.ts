/** A defect that is put into the product to see whether it is found: in one place of one file, other text. */
export interface Defect {
  readonly name: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

/** Each breaks one of the design's six rules. */
export const DEFECTS: readonly Defect[] = [
  {
    name: "a run's time is the clock's",
    file: 'src/reconciler/pass.ts',
    right: 'return Math.max(this.#deps.clock.now(), this.#state === null ? 0 : lastInstant(this.#state));',
    wrong: 'return lastInstant === undefined ? 0 : this.#deps.clock.now();',
  },
  {
    name: 'a step does not wait for those that it depends on',
    file: 'src/plan/ready-set.ts',
    right: 'task.dependsOn.every((name) => isSatisfied(positionOf(name)))',
    wrong: 'task.dependsOn.some((name) => isSatisfied(positionOf(name))) || task.dependsOn.length === 0',
  },
  {
    name: 'a backoff is cut short',
    file: 'src/reconciler/decide/advance.ts',
    right: 'task.position.nextAttemptAt <= draft.input.clock',
    wrong: 'task.position.nextAttemptAt <= draft.input.clock + 5_000',
  },
  {
    name: 'what is decided is done before it is committed',
    file: 'src/reconciler/pass.ts',
    right: `      try {
        await this.#commit(plan, decision.state, now);`,
    wrong: `      await this.#act(plan, decision.state, committedAt);
      try {
        await this.#commit(plan, decision.state, now);`,
  },
  {
    name: 'a delete names no UID',
    file: 'src/executors/access/object-access.ts',
    right: '{ preconditions: { uid }, propagationPolicy: propagation }',
    wrong: '{ propagationPolicy: propagation }',
  },
  {
    name: 'one more retry than the budget allows',
    file: 'src/failure/may-retry.ts',
    right: 'if (retriesUsed[budget] < limit) return null;',
    wrong: 'if (retriesUsed[budget] <= limit) return null;',
  },
  {
    name: 'an attempt that is being stopped is called ended at once',
    file: 'src/reconciler/decide/stop-attempt.ts',
    right: 'if (attempt.object === null) {',
    wrong: 'if (attempt !== null) {',
  },
];
