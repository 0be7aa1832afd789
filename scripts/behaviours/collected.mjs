// Behaviours that were collected from Lockstep's predecessors (F: zen-flow and sei; kubernaut).

/** id → [the situation, what Lockstep does]. */
export const COLLECTED = {
  F1: ['two steps have no dependencies', 'both have their object after one pass'],
  F2: ['a step depends on two others', 'its object is created only after both succeeded'],
  F3: [
    'dependencies form a cycle, or name an unknown step, or the step itself',
    'refused by the API server, with the steps and the path',
  ],
  F4: ['step names repeat, or there is no step', 'refused by the API server'],
  F5: ['a step name is too long for a label, or has dots', 'refused by the API server: at most 40 characters, no dots'],
  F6: ['a step fails, and others depend on it', 'the others are Skipped, the run is Failed with a completion time'],
  F8: ['`when` is false', 'the step is Skipped and counts as finished'],
  F9: [
    '`when` cannot be parsed, or names an unknown step',
    'ConfigurationError before anything runs; never "run anyway"',
  ],
  F10: ['`when` compares the state of an earlier step', 'an exact result; and, or and not work'],
  F16: ['a step exceeds its bound and nothing else happens', 'Stopping at the bound, ended when the stop is confirmed'],
  F17: ['the bound of the run passes', 'the reason is DeadlineExceeded, or its root cause'],
  F27: ['a parameter value contains quotes or braces', 'it arrives byte for byte'],
  F31: [
    'the controller dies after a create, before the next status write',
    'the next controller adopts the object by name and proof',
  ],
  F32: ['nothing changes', 'no API write; a finished run makes no work'],
  F33: [
    'the shipped examples and every status value meet the schema',
    'all accepted, nothing pruned, every value storable (on a real API server in CI)',
  ],
  F36: ['a plan is made', 'the plan and the first intent are one write; the create comes after it'],
  F37: ['three synchronous steps in a row', 'one pass, one status patch'],
  F38: ['a step runs', 'a wake-up at its bound, no polling'],
  F39: ['a step is submitted', 'it is observed, not polled'],
  F40: ['a step fails between two looks', 'Failed with its place and its detail; it is not started again'],
  F42: ['a terminal error, an unknown type of step, bad parameters', 'refused, or Failed at once without a retry'],
  F43: ['the last step ends', 'step, completion and phase are one write'],
  F46: ['two controllers with stale caches both see no plan', 'the second patch is a conflict, one plan survives'],
  F47: ['a plan is loaded again after a restart', 'names follow from UID, step and attempt'],
  F48: [
    'a run is suspended in its middle',
    'nothing new starts, condition Suspended; resumed (an action, not a field) it goes on at the same step',
  ],
  F49: ['a step exceeds its timeout', 'the reason is DeadlineExceeded, or its root cause'],
  F51: ['a condition turns off', 'False with a reason, never removed; each says of which generation it speaks'],
  F68: [
    'a run is cancelled or terminated, with a reason, by somebody',
    'one terminal event, with both; the verdict of what was stopped stands with its attempt',
  ],
  F69: ['something ends, or is asked for, after the run is over', 'the first end stands, its times do not move'],
  F70: ['the controller dies between a verdict and its telling', 'the next one tells it, once'],
  F71: ['a pod is gone without a trace', 'Unknown/PodsGone after one direct read, effects Unknown'],
  F74: [
    'a SequentialJob of three containers succeeds',
    'every row of its trace is persisted; JobsRunning is True from the first start to the end',
  ],
  F75: ['its second container fails', 'the row of the failure, and a completion time; the third is never created'],
  F76: ['a crash after the create of its pod, before the status write', 'no second pod'],
  'kubernaut 6': ['a new run', 'the finalizer comes first, nothing is created before'],
  'kubernaut 9': ['a transition out of a terminal phase', 'an error; nothing ever leaves a terminal phase'],
  'kubernaut 10': ['a status that cannot be read', 'Stalled/UnknownPhase and hands off, no requeue'],
  'kubernaut 11': [
    'the cache is behind the API server',
    'the decision is dropped: no create, no audit event; decided again at once',
  ],
  'kubernaut 12': ['a create succeeds', 'no condition ExecutionCreated, no requeue'],
  'kubernaut 15': ['the object of an attempt is there already', 'it is adopted with our proof only'],
  'kubernaut 18': ['our Job is there already, and runs', 'adopted by its proof'],
  'kubernaut 19': ['our Job is there already, and has ended', 'its result is taken; it never runs again'],
  'kubernaut 20': [
    "an object of somebody else's has the name of an attempt",
    'ResourceConflict; it is neither adopted nor deleted',
  ],
  'kubernaut 21': ['a crash after the create, before the status write', 'for pods and Jobs'],
  'kubernaut 30': [
    'a run is deleted while it runs',
    'what runs is stopped and confirmed, the end is told and stored, then the object goes',
  ],
  'kubernaut 31': ['somebody wants a run ended', 'an action stops it; it is told, and released'],
  'kubernaut 32': [
    'the object of a running attempt is deleted by somebody else',
    'Failed with Cancelled/PodDeleted, effects by evidence; not retried',
  ],
  'kubernaut 33': [
    'a Job ends and is deleted while no controller lives',
    'its result is recovered: the tracking finalizer keeps it',
  ],
  'kubernaut 48': ['backoff after the n-th failure', 'n counts failures, from 1'],
  'kubernaut 49': ['a backoff with zeros', 'base ≥ 1 s, factor ≥ 1, cap ≥ base, else the run is refused'],
  'kubernaut 50': ['backoff with jitter', 'the interval is [(1−j)d, (1+j)d], also at the cap'],
  'kubernaut 61': ['conflicts on the last status write', 'decided again, as often as it takes; one terminal event'],
  'kubernaut 62': [
    'a conflict on the write that begins a run',
    'nothing is started before it is written; decided again',
  ],
  'kubernaut 73': ['a Job ends', 'seen at once, by a watch'],
  'kubernaut 75': ['an engine is not registered', 'refused, with a hint at the kinds of step that there are'],
  'kubernaut 76': ['the name of a run has 80 characters', 'object names and labels are cut to what is allowed'],
};

/** What is left out of a behaviour, or a behaviour that has no place here, and why. */
export const COLLECTED_NOT_APPLYING = {
  'kubernaut 21, Tekton and AWX': 'the executors of this version are pod, job and delay',
};
