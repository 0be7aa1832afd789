// Rules W and N of the design review: writes, and the runtime. A test of one has its bare id in front of its title:
// "W2: …", "N1, N3: …".

/** id → [the situation, what Lockstep does]. */
export const REVIEW_RUNTIME = {
  'review W2': ['a step runs or waits', 'written after 2 s, then on another cause, at most once in 30 s'],
  'review W3': ['thousands of runs are over', 'cached without events and summary'],
  'review W4': ['a restart with thousands of runs', 'what happens now comes first; what is over costs no request'],
  'review W5': ['the API server or our own client is busy', 'the lease is renewed past both'],
  'review N1': ['the event loop stands still', 'measured; the lease of 30 s survives it'],
  'review N3': ['SIGTERM', 'passes end, writes are answered, the trail is stored, the lease is given back last'],
  'review N4': [
    'a pass takes too long',
    'it is told to end after 30 s and comes again later; one call is sent again for 2 s at most',
  ],
};

/** What is left out of a rule, or was decided otherwise, and why. */
export const REVIEW_RUNTIME_NOT_APPLYING = {
  'review W3': 'pods that live are cached whole but for managed fields: there are few, and verdicts need them.',
  'review W5':
    'the budget is 64 calls at a time, not so many a second: priority and fairness of the API server does the rest, as in controller-runtime.',
  'review N2':
    'SQLite works on the main thread ([decision 5](decisions/0005-sqlite-by-node-sqlite-or-its-package.md)); where a disk must not stop it, PostgreSQL.',
  'review N4':
    'the 30 s of a pass are not given to its calls: each has its own bound (15 s for a write, 30 s for a read), and an act is sent only within 10 s of its commit.',
};
