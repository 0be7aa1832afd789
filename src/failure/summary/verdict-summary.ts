import type { Verdict } from '../../api/types.js';
import { fixOf } from '../catalogue.js';
import { briefOf } from './brief.js';
import { firstLine } from './first-line.js';
import { changed, meaningOf, userCodeRan } from './meaning.js';
import type { Summary, SummaryAction } from './summary.js';

/** What a verdict from files is about. */
export interface Subject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The command that shows the log, where kubectl's is not the one to type. */
  readonly log?: string;
}

/** The summary of one verdict without a run: what `lockstep explain` prints. */
export function summaryOfVerdict(subject: Subject, verdict: Verdict): Summary {
  const why = notRetried(verdict);
  return {
    apiVersion: 'cli.lockstep.dev/v1',
    kind: 'FailureSummary',
    line: firstLine({
      state: 'FAILED',
      subject:
        subject.name.length > 40
          ? subject.name
          : `${subject.kind === '' ? '' : `${kindWord(subject.kind)} `}${subject.name}`.trim(),
      cause: briefOf(verdict),
      rest: [verdict.retryable ? 'A retry may help.' : why],
      wholeSubject: true,
    }),
    state: 'FAILED',
    run: subject,
    verdict,
    userCodeRan: userCodeRan(verdict),
    changed: changed(verdict),
    retry: { will: false, why: verdict.retryable ? 'the same again would plausibly succeed' : why },
    happened: [verdict.message],
    means: meaningOf(verdict),
    tried: [],
    didNotRun: [],
    actions: actionsOf(subject, verdict),
    evidence: verdict.evidence,
    logTail: verdict.logTail === undefined ? [] : verdict.logTail.split('\n'),
  };
}

function kindWord(kind: string): string {
  // The API server names the resource of a refused object: pods, jobs.
  return /^(?:Pod|Job|pods|jobs)$/.test(kind) ? kind.toLowerCase().replace(/s$/, '') : kind;
}

/** Why trying the same again is not advised, as a sentence. */
export function notRetried(verdict: Verdict): string {
  if (verdict.mayStillRun === true) return 'It may not be over.';
  if (verdict.reason === 'Cancelled') return 'Stopped on purpose.';
  if (verdict.effects === 'Possible') return 'It had run.';
  return verdict.effects === 'Unknown' ? 'It may have run.' : 'Needs a change first.';
}

/** At most three things to do, safest first. */
export function actionsOf({ kind, namespace, name, log }: Subject, verdict: Verdict): SummaryAction[] {
  const actions: SummaryAction[] = [];
  const ns = namespace === '' ? '' : `-n ${namespace} `;
  if (verdict.reason === 'NodeLost' && verdict.mayStillRun === true) {
    const node = verdict.evidence.find((one) => one.path === 'spec.nodeName')?.value;
    actions.push({
      text: 'Make sure that the node is off before anything else.',
      ...(node === undefined ? {} : { command: `kubectl get node ${node}` }),
      source: 'Lockstep',
    });
  }
  const fix = fixOf(verdict.reason, verdict.subreason);
  if (fix !== '') actions.push({ text: fix, source: 'Lockstep' });
  const pod = verdict.evidence.find((one) => one.source.startsWith('Pod/'))?.source.slice('Pod/'.length);
  if (verdict.effects === 'Possible' && verdict.container !== undefined && pod !== undefined) {
    actions.push({
      text: 'See its log.',
      command: log ?? `kubectl ${ns}logs ${pod} -c ${verdict.container}`,
      source: 'Lockstep',
    });
  } else if (kind === 'Pod' || kind === 'Job') {
    actions.push({
      text: 'See its events.',
      command: `kubectl ${ns}describe ${kind.toLowerCase()} ${name}`,
      source: 'Lockstep',
    });
  }
  return actions.slice(0, 3);
}

/** The summary of a workload with which nothing is wrong. */
export function healthySummary(subject: Subject, state: 'SUCCEEDED' | 'RUNNING' | 'PENDING'): Summary {
  const { kind, namespace, name } = subject;
  const said = {
    SUCCEEDED: 'it ended well',
    RUNNING: 'it runs, and nothing is wrong that the evidence shows',
    PENDING: 'it has not started, and nothing says why',
  };
  return {
    apiVersion: 'cli.lockstep.dev/v1',
    kind: 'FailureSummary',
    line: firstLine({
      state,
      subject: `${kindWord(kind)} ${name}`.trim(),
      cause: said[state],
      rest: [],
      wholeSubject: true,
    }),
    state,
    run: { kind, namespace, name },
    happened: [],
    means: [],
    tried: [],
    didNotRun: [],
    actions: [],
    evidence: [],
    logTail: [],
  };
}
