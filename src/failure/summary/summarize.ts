import { formatDuration } from '../../api/duration.js';
import { formatSeconds } from '../../api/instant.js';
import { explainReason, fixOf } from '../catalogue.js';
import { redact } from '../redact.js';
import { briefOf } from './brief.js';
import { firstLine } from './first-line.js';
import { listNames } from './list-names.js';
import { changed, meaningOf, userCodeRan } from './meaning.js';
import { onCallOf } from './on-call.js';
import { focusOf, isStuck, stateOf, type Focus } from './run-state.js';
import type { OnCall, Summary, SummaryAction, SummaryInput, SummaryState, SummaryStep } from './summary.js';
import { retryOf, retrySentence, triedLines } from './tried.js';
import { actionsOf } from './verdict-summary.js';

/** The summary of a run, whatever its state: one structure, from which all forms are made. Deterministic. */
export function summarize(input: SummaryInput): Summary {
  const state = stateOf(input);
  const focus = focusOf(input);
  const verdict = focus?.verdict ?? null;
  const retry = focus === null ? undefined : retryOf(focus);
  const onCall = ALL_WELL.has(state) ? null : onCallOf(input.onCall, focus?.step.onCall);
  return {
    apiVersion: 'cli.lockstep.dev/v1',
    kind: 'FailureSummary',
    line: lineFor(input, { state, focus }),
    state,
    run: input.run,
    ...(focus === null ? {} : { step: { name: focus.step.name, number: focus.number, of: focus.of } }),
    ...(focus?.attempt == null ? {} : { attempt: focus.attempt.number }),
    ...(verdict === null ? {} : { verdict, userCodeRan: userCodeRan(verdict), changed: changed(verdict) }),
    ...(retry === undefined ? {} : { retry }),
    happened: happenedLines(input, focus),
    means: meansLines(input, { state, focus, onCall }),
    tried: focus === null ? [] : triedLines(focus),
    didNotRun: didNotRun(input),
    actions: actionsFor(input, { state, focus, onCall }),
    evidence: verdict?.evidence ?? [],
    logTail: verdict?.logTail === undefined ? [] : verdict.logTail.split('\n'),
    ...(onCall === null ? {} : { onCall }),
  };
}

interface Scene {
  readonly state: SummaryState;
  readonly focus: Focus | null;
}

interface AuthoredScene extends Scene {
  readonly onCall: OnCall | null;
}

/** Nobody is needed: what the author says of a failure would only alarm. */
const ALL_WELL: ReadonlySet<SummaryState> = new Set(['SUCCEEDED', 'RUNNING', 'PENDING']);

/** More are not read at night. */
const MAX_ACTIONS = 3;

function lineFor(input: SummaryInput, { state, focus }: Scene): string {
  const step = focus === null || state === 'SUCCEEDED' ? '' : ` ${placeOf(focus)} ${focus.step.name}`;
  return firstLine({
    state,
    subject: `${input.run.name}${step}`,
    cause: causeFor(input, { state, focus }),
    rest: [
      isStuck(input) ? 'It may still run. A person is needed.' : '',
      focus === null ? '' : retrySentence(focus),
      nothingRan(state, focus),
      siblings(input, focus),
    ].filter((one) => one !== ''),
  });
}

function placeOf({ step, number, of }: Focus): string {
  return `${step.group === 'finally' ? 'finally step' : 'step'} ${number}/${of}`;
}

function causeFor(input: SummaryInput, { state, focus }: Scene): string {
  if (isStuck(input)) return 'not confirmed stopped';
  switch (state) {
    case 'SUCCEEDED':
      return `${count(input, 'Succeeded')} of ${input.steps.length} steps succeeded${took(input)}`;
    case 'CANCELLED':
    case 'CANCELLING':
      return input.ending === null
        ? 'stopped on purpose'
        : `${input.ending.why.toLowerCase()} by ${input.ending.by}${quoteReason(input.ending.reason)}`;
    case 'SUSPENDED':
    case 'BLOCKED':
    case 'PENDING':
      return input.message ?? input.reason ?? (state === 'PENDING' ? 'not started yet' : 'waits for somebody');
    case 'WAITING':
      return focus?.step.waiting === null || focus === null ? 'waits' : causeOfWait(focus.step.waiting);
    case 'RUNNING':
      return focus === null ? 'runs' : `runs since ${formatSeconds(startOf(focus.step) ?? input.acceptedAt).slice(11)}`;
    case 'FAILED':
    case 'RETRYING':
      if (focus?.verdict != null) return briefOf(focus.verdict);
      return input.message ?? input.reason ?? 'failed';
  }
}

function causeOfWait({ brief, message }: NonNullable<SummaryStep['waiting']>): string {
  return brief ?? message;
}

function quoteReason(reason: string): string {
  return reason === '' ? '' : `: ${redact(reason)}`;
}

function startOf(step: SummaryStep): number | null {
  const last = step.attempts.at(-1);
  return last?.startedAt ?? last?.intentAt ?? null;
}

function count(input: SummaryInput, state: SummaryStep['state']): number {
  return input.steps.filter((step) => step.state === state).length;
}

function took({ startedAt, finishedAt }: SummaryInput): string {
  return startedAt === null || finishedAt === null ? '' : ` in ${formatDuration(finishedAt - startedAt)}`;
}

/** Whether to get out of bed: nothing ran, nothing is half done. */
function nothingRan(state: SummaryState, focus: Focus | null): string {
  return state === 'FAILED' && focus?.verdict?.effects === 'None' ? 'Nothing ran.' : '';
}

/** Other steps that failed too are told in a word: one cause leads. */
function siblings(input: SummaryInput, focus: Focus | null): string {
  const others = input.steps.filter((step) => step.state === 'Failed' && step !== focus?.step).length;
  return others === 0 || focus?.step.state !== 'Failed'
    ? ''
    : `${others} more ${others === 1 ? 'step' : 'steps'} failed.`;
}

function happenedLines(input: SummaryInput, focus: Focus | null): string[] {
  const lines: string[] = [];
  if (input.ending !== null) {
    const { why, by, reason, at } = input.ending;
    lines.push(`${formatSeconds(at).slice(11)}  ${why} by ${by}${quoteReason(reason)}.`);
  }
  if (focus?.verdict) {
    const when = focus.attempt?.finishedAt ?? focus.step.endedAt;
    lines.push(`${when === null ? '' : `${formatSeconds(when).slice(11)}  `}${focus.verdict.message}`);
  } else if (focus?.step.waiting) {
    const { message, since, failAt } = focus.step.waiting;
    lines.push(`Since ${formatSeconds(since).slice(11)}: ${message}`);
    if (failAt !== null) lines.push(`It counts as failed at ${formatSeconds(failAt).slice(11)} if nothing changes.`);
  }
  const unsaid = lines.length === 0 || isStuck(input);
  if (unsaid && input.message !== null) lines.push(redact(input.message));
  return [...lines, ...otherFailures(input, focus), ...othersStopped(input, focus)];
}

/** Failures of other steps, the same ones folded. */
function otherFailures(input: SummaryInput, focus: Focus | null): string[] {
  const byCause = new Map<string, string[]>();
  for (const step of input.steps) {
    if (step === focus?.step || step.state !== 'Failed') continue;
    const verdict = step.attempts.findLast((one) => one.verdict !== null)?.verdict ?? step.verdict;
    const cause = verdict === null ? 'failed' : briefOf(verdict);
    byCause.set(cause, [...(byCause.get(cause) ?? []), step.name]);
  }
  return [...byCause].map(([cause, names]) => `Also failed: ${listNames(names)} (${cause}).`);
}

/** Other steps that were stopped after they had begun. */
function othersStopped(input: SummaryInput, focus: Focus | null): string[] {
  const stopped = stoppedBeside(input, focus);
  return stopped.length === 0 ? [] : [`Stopped: ${listNames(stopped.map(({ name }) => name))}.`];
}

function stoppedBeside({ steps }: SummaryInput, focus: Focus | null): readonly SummaryStep[] {
  return steps.filter((step) => step.state === 'Cancelled' && step !== focus?.step && step.attempts.length > 0);
}

/** Of those that were stopped, what may be half done. */
function halfDone(input: SummaryInput, focus: Focus | null): string[] {
  const names = stoppedBeside(input, focus)
    .filter(({ attempts }) => attempts.some(({ verdict }) => verdict !== null && userCodeRan(verdict) !== 'no'))
    .map(({ name }) => name);
  return names.length === 0 ? [] : [`Stopped midway, and may be half done: ${listNames(names, 10)}.`];
}

function meansLines(input: SummaryInput, { focus, onCall }: AuthoredScene): string[] {
  const lines = focus?.verdict == null ? liveMeaning(input, focus) : meaningOf(focus.verdict);
  const done = input.steps
    .filter((step) => step.state === 'Succeeded' && step !== focus?.step)
    .map((step) => step.name);
  if (done.length > 0 && focus !== null) lines.push(`Finished and stands: ${listNames(done, 10)}.`);
  lines.push(...halfDone(input, focus));
  if (onCall?.impact !== undefined) lines.push(`${onCall.impact} (author's note)`);
  return lines;
}

/** What it means that it waits, or is not confirmed stopped; of what simply runs there is nothing to say. */
function liveMeaning(input: SummaryInput, focus: Focus | null): string[] {
  const begun = input.steps.some((step) => step.attempts.length + step.omitted > 0);
  if (input.phase === 'Blocked' && !begun) return ['Nothing of this run has started.'];
  if (focus === null) return [];
  if (isStuck(input))
    return [`${focus.step.name} may still run: nothing confirms that it stopped. Start nothing in its place.`];
  if (focus.step.waiting === null) return [];
  const started = (focus.step.attempts.at(-1)?.startedAt ?? null) !== null;
  return [
    started
      ? 'A container of it has started: it may be half done.'
      : 'No user code of this attempt ran. Nothing was changed by it.',
    ...(focus.step.waiting.failAt === null
      ? ['It waits until its start bound; nobody is needed if the cause clears.']
      : []),
  ];
}

function didNotRun({ steps, finishedAt }: SummaryInput): string[] {
  const never = steps.filter(
    (step) => step.attempts.length + step.omitted === 0 && step.verdict === null && step.state !== 'Succeeded',
  );
  return never.map(({ name, skip }) => {
    if (skip !== null) return `${name} (${SKIPPED[skip.reason]})`;
    return finishedAt === null ? `${name} (not yet)` : name;
  });
}

const SKIPPED: Readonly<Record<NonNullable<SummaryStep['skip']>['reason'], string>> = {
  UpstreamFailed: 'an earlier step failed',
  Condition: 'its condition was false',
  RunEnding: 'the run was ending',
};

function actionsFor(input: SummaryInput, { state, focus, onCall }: AuthoredScene): SummaryAction[] {
  const { namespace, name } = input.run;
  const actions: SummaryAction[] = [];
  if (state === 'RETRYING' && focus?.verdict) {
    const fix = fixOf(focus.verdict.reason, focus.verdict.subreason);
    actions.push({ text: `If it clears by itself: nothing. Else: ${fix}`, source: 'Lockstep' });
    actions.push({
      text: 'Or stop it.',
      command: `lockstep cancel -n ${namespace} ${name} --reason "..."`,
      source: 'Lockstep',
    });
  } else if (state === 'SUSPENDED') {
    actions.push({
      text: 'Let it go on.',
      command: `lockstep resume -n ${namespace} ${name} --reason "..."`,
      source: 'Lockstep',
    });
  } else if (state === 'WAITING' && focus?.step.waiting) {
    const [fix] = explainReason(focus.step.waiting.reason)?.fixes ?? [];
    if (fix !== undefined) actions.push({ text: fix, source: 'Lockstep' });
  } else if (focus?.verdict && state === 'FAILED') {
    const subject = objectOf(focus);
    const log = `lockstep logs -n ${namespace} ${name} ${focus.step.name}`;
    // A run's own logs are there also when its pods are gone, or are no pods of a cluster that kubectl knows.
    actions.push(...actionsOf({ ...subject, namespace, log }, focus.verdict));
  }
  const stuck = input.steps.find((step) => step.state === 'Stopping');
  if (isStuck(input) && stuck !== undefined) {
    actions.push({
      text: `Make sure that ${stuck.name} is stopped (its node, its process). Then say so.`,
      command: `lockstep assert-stopped -n ${namespace} ${name} --step ${stuck.name} --reason "..."`,
      source: 'Lockstep',
    });
  }
  // What the author says to do goes before our advice, but not before "make sure that it is stopped".
  const manual = state === 'FAILED' ? onCall?.manual : undefined;
  if (manual !== undefined)
    actions.splice(focus?.verdict?.mayStillRun === true ? 1 : 0, 0, { text: manual, source: 'Author' });
  return actions.slice(0, MAX_ACTIONS);
}

function objectOf({ attempt }: Focus): { readonly kind: string; readonly name: string } {
  const [kind = '', name = ''] = attempt?.object?.split('/') ?? [];
  return { kind, name };
}
