import type { Confidence, Effects, EvidenceItem, Reason, Stage } from '../../api/types.js';
import { conclude } from '../conclude.js';
import { NO_CONTEXT } from '../context.js';
import type { Facts } from '../facts/facts.js';
import { indexEvidence } from '../facts/index-evidence.js';
import { find, hasSucceeded } from '../judge.js';
import { textOf } from '../summary/render.js';
import type { Summary } from '../summary/summary.js';
import { healthySummary, summaryOfVerdict } from '../summary/verdict-summary.js';
import { objectsOf, type SourceDocument } from './sort-documents.js';
import { workloadsOf, type Workload } from './workloads.js';

/** What is printed for one workload. `reason` is null where nothing is wrong. */
export interface Explanation {
  readonly file: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly reason: Reason | null;
  readonly subreason: string | null;
  readonly stage: Stage | null;
  readonly retryable: boolean | null;
  readonly effects: Effects | null;
  readonly container: string | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly confidence: Confidence | null;
  readonly evidence: readonly EvidenceItem[];
  /** The whole text form. */
  readonly summary: string;
}

/** Explains what documents hold: one item per workload, in order (an evidence object is always one). */
export function explain(documents: readonly SourceDocument[]): Explanation[] {
  return workloadsOf(objectsOf(documents)).map(explainWorkload);
}

function explainWorkload(workload: Workload): Explanation {
  const facts = indexEvidence(workload.evidence, NO_CONTEXT);
  const state = healthOf(facts);
  const { file, kind, namespace, name } = workload;
  if (state !== null)
    return { ...NOTHING, file, kind, namespace, name, summary: textOf(healthySummary(workload, state)) };
  const verdict = conclude(facts, find(facts));
  const summary: Summary = summaryOfVerdict(workload, verdict);
  return {
    file,
    kind,
    namespace,
    name,
    reason: verdict.reason,
    subreason: verdict.subreason ?? null,
    stage: verdict.stage,
    retryable: verdict.retryable,
    effects: verdict.effects,
    container: verdict.container ?? null,
    exitCode: verdict.exitCode ?? null,
    signal: verdict.signal ?? null,
    confidence: verdict.confidence,
    evidence: verdict.evidence,
    summary: textOf(summary),
  };
}

const NOTHING = {
  reason: null,
  subreason: null,
  stage: null,
  retryable: null,
  effects: null,
  container: null,
  exitCode: null,
  signal: null,
  confidence: null,
  evidence: [],
} as const;

/** Succeeded, or still at work with nothing wrong that the evidence shows; null where there is something to explain. */
function healthOf(facts: Facts): 'SUCCEEDED' | 'RUNNING' | 'PENDING' | null {
  if (hasSucceeded(facts)) return 'SUCCEEDED';
  const { pod, job, taskRuns, pipelineRun } = facts;
  const run = pipelineRun ?? taskRuns[0];
  if (pod === null && job === null && run?.succeeded?.status === 'True') return 'SUCCEEDED';
  if (find(facts).subreason !== 'FailedWithoutDetail' && find(facts).subreason !== 'PodsGone') return null;
  if (pod === null && job !== null && !job.over && job.failed === null)
    return job.counts.active > 0 ? 'RUNNING' : 'PENDING';
  if (pod?.phase === 'Running') return 'RUNNING';
  // A manifest that nobody has applied has no status.
  if (pod?.phase === 'Pending' || (pod?.phase === '' && !pod.hasStatuses)) return 'PENDING';
  return pod === null && run !== undefined && !run.over ? 'RUNNING' : null;
}
