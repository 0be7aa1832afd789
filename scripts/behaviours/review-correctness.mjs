// Rules C of the design review: correctness. A test of one has its bare id in front of its title: "C5: …", "C9, C10: …".

/** id → [the situation, what Lockstep does]. */
export const REVIEW_CORRECTNESS = {
  'review C9': ['the API server refuses our own status', 'any decision fits the CRD and its budget'],
};

/** What is left out of a rule, or was decided otherwise, and why. */
export const REVIEW_CORRECTNESS_NOT_APPLYING = {};
