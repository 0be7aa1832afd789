// Rules C of the design review: correctness. A test of one has its bare id in front of its title: "C5: …", "C9, C10: …".

/** id → [the situation, what Lockstep does]. */
export const REVIEW_CORRECTNESS = {
  'review C1': [
    'something is started or stopped',
    'the intent is committed first, under a resourceVersion; without that write nothing is created or deleted',
  ],
  'review C2': [
    'an object ends, or is deleted, while nobody watches',
    'its tracking finalizer keeps its end until the outcome is committed; gone with a committed UID is Unknown',
  ],
  'review C3': [
    'a container starts while its pod is being stopped',
    'the verdict on a live pod is provisional: the end decides whether it ran, and whether it may be tried again',
  ],
  'review C4': [
    'an attempt is being stopped',
    'no next attempt and no end of the run before the kubelet has confirmed the stop, or a person asserts it',
  ],
  'review C5': [
    'the answer to a create is lost, or a controller stands still before it sends one',
    'the same POST asks again; the server gives up after 10 s; older intents are read anew; absence is believed after 30 s',
  ],
  'review C6': [
    'an object has the name of an attempt, and labels like ours',
    'it is ours only by proof or by a committed UID',
  ],
  'review C7': [
    'an object of ours whose run is gone, or names no such attempt',
    'object and run are read directly, in this order; then it is deleted by its UID and let go of, after a restart too',
  ],
  'review C8': [
    'two controllers are active',
    'each write has a resourceVersion, a name that follows from the attempt, or a UID: safe, merely wasteful',
  ],
  'review C9': [
    'the API server refuses our own status',
    'any decision fits the CRD and its budget; else a small patch tells the path, nothing starts, stops go on',
  ],
  'review C16': [
    'clocks differ, or are put back',
    "a run's time never goes back; no backoff is longer than its policy; the skew is a metric, and a warning from 2 s",
  ],
  'review C17': [
    'the cache is behind our own last write',
    'what the write returned is read until the watch has caught up; gone is believed after a direct read',
  ],
};

/** What is left out of a rule, or was decided otherwise, and why. */
export const REVIEW_CORRECTNESS_NOT_APPLYING = {
  'review C1, preparatory acts; C4, the lock': 'locks on targets and steps that make other objects are not built yet',
  'review C6, the spec hash':
    'the proof covers it, but it is not computed anew from what the API server holds, which has defaults and what admission added',
  'review C7, no owner reference':
    'an object whose owner reference somebody took off does not say whose it is, and is left to people once its run is gone',
  'review C8, a policy that refuses creates of an older epoch':
    'optional there; what is created late is stopped and let go of (C7)',
  'review C9, new stops':
    'while the status is refused only stops that were committed before go on: a stop without a committed intent would break C1',
};
