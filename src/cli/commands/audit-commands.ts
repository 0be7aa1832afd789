import type { Command } from 'commander';
import type { AuditCopyOptions } from '../verbs/audit-copy.js';
import { output } from './option-values.js';
import { type Done, verb } from './verb.js';

/** `lockstep audit`, and what is done with whole stores. */
export function addAudit(program: Command, done: Done): void {
  const audit = program
    .command('audit')
    .summary('who did what, when; and whether the trail is whole')
    .description(
      'Prints the audit trail of a run and checks its hash chain; ends with 13 where it is broken. A run that is called\n' +
        'copy is named by NAMESPACE/NAME.',
    )
    .argument('[ref]', 'a run, also one that was deleted; the latest where none is given')
    // A run may be called so.
    .helpCommand(false)
    .addOption(output('text', 'json'))
    .action(
      verb<{ readonly output: 'text' | 'json' }>(done, async ({ options, io, operands: [ref] }) => {
        const { auditVerb } = await import('../verbs/audit.js');
        return auditVerb(ref, options, io);
      }),
    );
  addCopy(audit, done);
}

function addCopy(audit: Command, done: Done): void {
  audit
    .command('copy')
    .summary('copy the trails of all runs to another store')
    .description(
      'Copies the trails of all runs from one audit store to another, such as from SQLite to PostgreSQL. Each chain is\n' +
        'verified before it is copied, and the target at the end. What is there already stays, so the same command goes on\n' +
        'after an interruption. Stop the controller first: what it stores meanwhile may be missed (docs/operations.md).\n' +
        'Ends with 1 where something is not copied or not whole.',
    )
    .requiredOption('--from <address>', 'the store that is read: a path or postgres://USER@HOST/DATABASE')
    .option('--to <address>', 'the store that is written (default: that of --audit-store; LOCKSTEP_AUDIT_STORE)')
    .option('--include-broken', 'copy broken trails too, as they are; it ends with 1 all the same', false)
    .addHelpText(
      'after',
      `
Examples:
  lockstep audit copy --from ./audit.db --to postgres://lockstep@db.example/audit`,
    )
    .action(
      verb<AuditCopyOptions>(done, async ({ options, io }) => {
        const { auditCopyVerb } = await import('../verbs/audit-copy.js');
        return auditCopyVerb(options, io);
      }),
    );
}
