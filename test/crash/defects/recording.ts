import type { Defect } from './defect.js';

const PASS = 'src/reconciler/pass.ts';
const RELAY = 'src/audit/relay.ts';

/** What is written of a run, and of what happened in it. */
export const RECORDING: readonly Defect[] = [
  {
    name: 'a status is written over a newer one',
    patches: [
      {
        file: 'src/status/draft.ts',
        find: 'metadata: { uid: seen.uid, resourceVersion: seen.resourceVersion }',
        replace: 'metadata: { uid: seen.uid }',
      },
    ],
    scenarios: ['two pods in sequence', 'Suspend and Resume'],
  },
  {
    name: 'acknowledge before store',
    patches: [
      {
        file: RELAY,
        find: '      const results = await pRetry(',
        replace: "      this.#acknowledge(batch, batch.map(() => 'stored'));\n      const results = await pRetry(",
      },
    ],
    scenarios: ['the audit store takes nothing for a minute'],
  },
  {
    name: 'only what a pass decides itself is relayed',
    patches: [
      {
        file: PASS,
        find: '    this.#deps.relay.submit(this.#resource.ref.uid, state.audit.outbox);',
        replace:
          '    this.#deps.relay.submit(this.#resource.ref.uid, written === null ? [] : state.audit.outbox.filter((event) => event.seq > known));',
      },
    ],
    scenarios: ['two pods in sequence'],
  },
  {
    name: 'the run owes nothing once it is over, whatever is stored',
    patches: [
      {
        file: PASS,
        find: 'if (owes || this.#deps.registry.objects.some(',
        replace: 'if (!isTerminalPhase(state.phase) || this.#deps.registry.objects.some(',
      },
    ],
    scenarios: ['the audit store takes nothing for a minute'],
  },
  {
    name: 'a run is not claimed before it begins',
    patches: [{ file: PASS, find: 'owes ? seen : await claim(deps, seen)', replace: 'seen' }],
    scenarios: ['the run is deleted while a step runs'],
  },
  {
    name: 'what was answered is known by its own status alone',
    patches: [
      {
        file: PASS,
        find: 'actions: this.#deps.actions.of(uid).map((each) => each.action),',
        replace: 'actions: this.#deps.actions.of(uid).filter((each) => !each.answered).map((each) => each.action),',
      },
      {
        file: 'src/reconciler/decide/actions.ts',
        find: `    if (draft.state.actions.some((known) => known.uid === action.uid)) continue;
    // Without room`,
        replace: '    // Without room',
      },
    ],
    scenarios: ['Suspend and Resume'],
  },
];
