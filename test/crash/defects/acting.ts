import type { Defect } from './defect.js';

const PASS = 'src/reconciler/pass.ts';
const COMMANDS = 'src/reconciler/commands.ts';
const LIFECYCLE = 'src/executors/object-lifecycle.ts';
const IDENTITY = 'src/executors/attempt-identity.ts';
const POD = 'src/executors/pod/pod-executor.ts';

/** What starts, adopts, stops and lets go. */
export const ACTING: readonly Defect[] = [
  {
    name: 'act before commit',
    patches: [
      {
        file: PASS,
        find: '      const committedAt = this.#deps.clock.monotonic();\n',
        replace:
          '      const committedAt = this.#deps.clock.monotonic();\n      const early = await this.#act(plan, decision.state, committedAt);\n',
      },
      {
        file: PASS,
        find: 'const result = await this.#act(plan, decision.state, committedAt);',
        replace: 'const result = early;',
      },
    ],
    scenarios: ['two pods in sequence'],
  },
  {
    name: 'no tracking finalizer',
    patches: [{ file: IDENTITY, find: 'finalizers: [TRACKING_FINALIZER],', replace: 'finalizers: [],' }],
    scenarios: ['Cancel of a step that runs'],
  },
  {
    name: 'a name without the attempt',
    patches: [
      {
        file: 'src/api/object-name.ts',
        find: '-a${attempt}`',
        replace: '-a1`',
      },
    ],
    scenarios: ['a failure that may be tried again'],
  },
  {
    name: 'adopt by name alone',
    patches: [
      { file: IDENTITY, find: 'return labelsMatch(attempt, meta) && carriesProof(object);', replace: 'return true;' },
    ],
    scenarios: ["a stranger has the pod's name"],
  },
  {
    name: 'a pod that is there already is taken for a refusal',
    patches: [
      {
        file: LIFECYCLE,
        find: "if (error.code === 409 && error.reason === 'AlreadyExists') return adopt(attempt, creation, error);",
        replace: "if (error.code === 409 && error.reason === 'AlreadyExists') return refused(error);",
      },
    ],
    scenarios: ['two pods in sequence'],
  },
  {
    name: 'a create that is unanswered is taken for a refusal',
    patches: [
      {
        file: LIFECYCLE,
        find: '    if (!(error instanceof ApiError)) throw error;\n',
        replace:
          "    if (!(error instanceof ApiError)) return { kind: 'Refused', observation: { kind: 'Ended', object: null, started: [], evidence: {} } };\n",
      },
    ],
    scenarios: ['two pods in sequence'],
  },
  {
    name: 'a server that is busy is taken for a refusal',
    patches: [
      {
        file: LIFECYCLE,
        find: 'return error.code === 429 || error.code >= 500;',
        replace: 'return false;',
      },
    ],
    scenarios: ['two pods in sequence'],
  },
  {
    name: 'a refusal by quota is believed at once',
    patches: [
      {
        file: LIFECYCLE,
        find: 'return (await adoptEarlier(attempt, creation)) ?? refused(error);',
        replace: 'return refused(error);',
      },
    ],
    scenarios: ['a create that is refused, until there is room'],
  },
  {
    name: 'a stop is sent once and then forgotten',
    patches: [
      {
        file: PASS,
        find: '    const known = this.#state?.audit.seq ?? 0;\n',
        replace:
          "    const known = this.#state?.audit.seq ?? 0;\n    this.stopping = (this.#state?.tasks ?? []).filter((task) => task.position.state === 'Stopping').map((task) => task.name);\n",
      },
      {
        file: PASS,
        find: '  #observations = new Map',
        replace: '  stopping: readonly string[] = [];\n  #observations = new Map',
      },
      {
        file: PASS,
        find: 'return act(commands, {',
        replace:
          "return act(commands.filter((each) => each.kind !== 'Stop' || !this.stopping.includes(each.attempt.task)), {",
      },
    ],
    scenarios: ['Cancel of a step that runs'],
  },
  {
    name: 'a pod that is being deleted is taken for stopped',
    patches: [
      {
        file: 'src/executors/pod/observe-pod.ts',
        find: "return pod.metadata?.deletionTimestamp !== undefined && (pod.spec?.nodeName ?? '') === '';",
        replace: 'return pod.metadata?.deletionTimestamp !== undefined;',
      },
    ],
    scenarios: ['Cancel of a step that runs'],
  },
  {
    name: 'let go of before the outcome is committed',
    patches: [{ file: COMMANDS, find: 'return object.number <= last;', replace: 'return object.number <= last + 1;' }],
    scenarios: ['Cancel of a step that runs', 'two pods in sequence'],
  },
  {
    name: 'absence is believed without looking',
    patches: [
      {
        file: POD,
        find: 'const pod = cached ?? (await pods.live(namespace, name));',
        replace: 'const pod = cached ?? null;',
      },
    ],
    scenarios: ['two pods in sequence', 'Suspend and Resume', 'somebody deletes the pod'],
  },
  {
    name: 'a pod is let go of by what the cache says',
    patches: [
      {
        file: POD,
        find: 'const pod = await pods.live(run.namespace, object.name);\n      if (pod === null || pod',
        replace: 'const pod = cached;\n      if (pod',
      },
    ],
    scenarios: ['two pods in sequence', 'Cancel in finally is refused'],
  },
];
