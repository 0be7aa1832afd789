import type { ActionVerb, WorkflowAction } from '../../api/types.js';
import { API_VERSION } from '../../api/names.js';
import { WORKFLOW_ACTIONS } from '../../reconciler/index.js';
import { isTerminalPhase } from '../../reconciler/decide/phases.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Followed } from '../follow.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { readRun } from '../read-run.js';
import { type Session, openSession } from '../session.js';

export interface ActionRequest {
  readonly verb: ActionVerb;
  readonly run: Followed;
  readonly reason: string;
  readonly by: string;
  readonly step?: string;
}

/** Says what a person wants of a run: creates a WorkflowAction. */
export async function requestAction(session: Session, { verb, run, reason, by, step }: ActionRequest): Promise<string> {
  const of = run.kind.translator;
  const action: WorkflowAction = {
    apiVersion: API_VERSION,
    kind: 'WorkflowAction',
    metadata: { generateName: `${run.name.slice(0, 200)}-${verb.toLowerCase()}-`, namespace: run.namespace },
    spec: {
      verb,
      executionRef: { apiVersion: of.apiVersion, kind: of.kind, name: run.name, uid: run.uid },
      requestedBy: by,
      ...(reason === '' ? {} : { reason }),
      ...(step === undefined ? {} : { step }),
    },
  };
  const created = await session.client.create(WORKFLOW_ACTIONS, action, { fieldValidation: 'Strict' });
  return created.metadata.name;
}

export interface ActOptions extends GlobalOptions {
  readonly verb: ActionVerb;
  readonly reason: string;
  readonly step?: string;
  readonly by: string;
}

/** `lockstep cancel|terminate|suspend|resume|assert-stopped REF`. */
export async function actVerb(reference: string | undefined, options: ActOptions, io: Io): Promise<ExitCode> {
  const { verb } = options;
  const session = await openSession(options, io);
  try {
    const run = await findRun(session, reference);
    const { metadata } = run.object;
    const namespace = metadata.namespace ?? session.namespace;
    const ref = { kind: run.kind, namespace, name: metadata.name, uid: metadata.uid };
    const { state, view } = readRun(run.object, run.kind);
    const full = `${ref.namespace}/${ref.name}`;
    if (state !== null && isTerminalPhase(state.phase)) {
      throw new CliError(`${full} is over (${state.phase}): there is nothing to ${wordOf(verb)}`);
    }
    if (options.step !== undefined && !view.steps.some((step) => step.name === options.step)) {
      const names = view.steps.map((step) => step.name).join(', ');
      throw new CliError(`${full} has no step ${options.step}; it has ${names}`, { exitCode: EXIT.usage });
    }
    const name = await requestAction(session, {
      verb,
      run: ref,
      reason: options.reason,
      by: options.by,
      ...(options.step === undefined ? {} : { step: options.step }),
    });
    io.print(`workflowaction/${name}`);
    io.tell(
      session.moves()
        ? `${verb} of ${full} was asked for. To see what came of it:\n  ${io.program} get ${view.shownName} -n ${ref.namespace}${session.flags}`
        : `${verb} of ${full} was asked for. No process works on it now: it takes effect when the run goes on:\n  ${io.program} run FILE${session.flags}`,
    );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** AssertStopped as the verb that was typed: assert-stopped. */
function wordOf(verb: ActionVerb): string {
  return verb.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
