import type { Command } from 'commander';
import type { ActionVerb } from '../../api/types.js';
import { type Done, verb } from './verb.js';

interface Action {
  readonly name: string;
  readonly verb: ActionVerb;
  readonly summary: string;
}

const ACTIONS: readonly Action[] = [
  { name: 'cancel', verb: 'Cancel', summary: 'stop a run; finally steps still run' },
  { name: 'terminate', verb: 'Terminate', summary: 'stop a run at once, without finally' },
  { name: 'suspend', verb: 'Suspend', summary: 'start nothing new of a run; what runs goes on' },
  { name: 'resume', verb: 'Resume', summary: 'go on with a suspended run' },
  {
    name: 'assert-stopped',
    verb: 'AssertStopped',
    summary: 'say that a step is stopped, where nobody can confirm it',
  },
];

interface ActionOptions {
  readonly reason: string;
  readonly step?: string;
  readonly by?: string;
}

/** The verbs that ask something of a run; each makes a WorkflowAction. */
export function addActions(program: Command, done: Done): void {
  for (const action of ACTIONS) {
    const command = program
      .command(action.name)
      .summary(action.summary)
      .description(`Asks to ${action.summary}. It makes a WorkflowAction, which the run's controller answers.`)
      .argument('[ref]', 'a run; the latest where none is given');
    if (action.verb === 'AssertStopped') command.requiredOption('--step <name>', 'the step whose attempt is stopped');
    command
      .option('--reason <text>', 'why; it goes into the audit trail', '')
      .option('--by <name>', 'who asks (default: $LOCKSTEP_USER, else the login name); it is recorded as claimed')
      .action(
        verb<ActionOptions>(done, async ({ options, io, operands: [ref] }) => {
          const [{ actVerb }, { userName }] = await Promise.all([import('../verbs/act.js'), import('../user-name.js')]);
          return actVerb(ref, { ...options, verb: action.verb, by: options.by ?? userName(io.env) }, io);
        }),
      );
  }
}
