import type { ObjectExecutor, StartResult } from '../executors/executor.js';
import type { Observation } from '../executors/observation.js';
import type { RunRef } from '../api/run-ref.js';
import type { Command } from './commands.js';
import type { ActionAccess, RunAccess } from './ports.js';
import { sweep } from './sweep.js';

/** What came of the commands of a pass. */
export interface ActResult {
  /** Refused starts: they are decided on in the same pass. */
  readonly refused: ReadonlyMap<string, Observation>;
  /** Starts that the API server cannot take now: they are shown, and tried again. */
  readonly unavailable: ReadonlyMap<string, Observation>;
  /** Commands that failed, in the order in which they were given; the pass comes again. */
  readonly errors: readonly unknown[];
}

interface Actors {
  readonly run: RunRef;
  readonly runs: RunAccess;
  readonly executor: (name: string) => ObjectExecutor | undefined;
  readonly actions: ActionAccess;
  /** Number of the run's last audit event. */
  readonly seq: number;
}

/** Carries out commands, all at once: none depends on another. What fails is repeated by the next pass. */
export async function act(commands: readonly Command[], actors: Actors): Promise<ActResult> {
  const refused = new Map<string, Observation>();
  const unavailable = new Map<string, Observation>();
  const errors: unknown[] = [];
  await Promise.all(
    commands.map(async (command) => {
      try {
        const result = await perform(command, actors);
        if (result === null || command.kind !== 'Start') return;
        if (result.kind === 'Refused') refused.set(command.attempt.task, result.observation);
        if (result.kind === 'Unavailable') unavailable.set(command.attempt.task, result.observation);
      } catch (error) {
        errors.push(error);
      }
    }),
  );
  return { refused, unavailable, errors };
}

async function perform(command: Command, { run, runs, executor, actions, seq }: Actors): Promise<StartResult | null> {
  if (command.kind === 'AnswerAction') {
    await actions.answer(run.namespace, command.action, seq);
    return null;
  }
  const one = executor(command.executor);
  if (one === undefined) throw new Error(`no executor is named ${command.executor}; this is a defect in Lockstep`);
  switch (command.kind) {
    case 'Start':
      return one.start(command.attempt);
    case 'Stop':
      await one.stop(command.attempt);
      return null;
    case 'Release':
      await one.release(run, command.object);
      return null;
    case 'Sweep':
      await sweep({ namespace: run.namespace, name: command.object.name }, { executor: one, runsOf: () => runs });
      return null;
  }
}
