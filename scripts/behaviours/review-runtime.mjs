// Rules W and N of the design review: writes, and the runtime. A test of one has its bare id in front of its title:
// "W2: …", "N1, N3: …".

/** id → [the situation, what Lockstep does]. */
export const REVIEW_RUNTIME = {};

/** What is left out of a rule, or was decided otherwise, and why. */
export const REVIEW_RUNTIME_NOT_APPLYING = {};
