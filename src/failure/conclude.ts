import { clip } from '../api/clip.js';
import { formatInstant } from '../api/instant.js';
import type { Effects, EvidenceItem, Stage, Verdict } from '../api/types.js';
import { contextCitations } from './context-citations.js';
import { conceal } from './conceal.js';
import type { Facts } from './facts/facts.js';
import type { Citation, Finding } from './finding.js';
import { logTailOf } from './log-tail.js';
import { redact } from './redact.js';
import { mayStillRun } from './still-running.js';

/** Bounds of the status (src/api/engine-status.schema.yaml), in characters and items. */
const MESSAGE_MAX = 1_000;
const VALUE_MAX = 500;
const PATH_MAX = 290;
const EVIDENCE_MAX = 16;
const MISSING_MAX = 8;

/** The platform took a running attempt away. */
const TAKEN_AWAY: ReadonlySet<string> = new Set(['NodeLost', 'Preempted', 'Evicted', 'AdmissionRejected']);
/** Never tried again by itself, whatever the stage. */
const NEVER: ReadonlySet<string> = new Set(['OOMKilled', 'Unknown', 'Cancelled']);

export interface ConcludeOptions {
  /** True: it will be stopped before anything else happens, so what replaces it by itself is no obstacle. */
  readonly stopping?: boolean;
}

/** The verdict that follows from a rule's finding: stage, effects and retryability are the same for all rules. */
export function conclude(facts: Facts, finding: Finding, { stopping = false }: ConcludeOptions = {}): Verdict {
  const stage = finding.stage ?? stageOf(facts, finding);
  // Taken away, and one of its containers has no state: nothing shows that it stopped.
  const open = TAKEN_AWAY.has(finding.reason) && endIsOpen(facts);
  const still = stopping ? false : open || mayStillRun(facts, finding);
  const exit = exitOf(finding);
  const container = finding.container?.name ?? finding.named?.container;
  const logTail = logTailOf(facts, finding);
  return {
    reason: finding.reason,
    subreason: finding.subreason.slice(0, 64),
    stage,
    retryable: finding.clears && !still && stage !== 'Execution' && !NEVER.has(finding.reason),
    ...(still ? { mayStillRun: true } : {}),
    effects: finding.effects ?? effectsOf(facts, { stage, still }),
    ...(container === undefined || container === '' ? {} : { container }),
    ...exit,
    message: quote(facts, finding.message, MESSAGE_MAX),
    confidence: finding.confidence ?? 'Certain',
    evidence: evidenceOf(facts, [...finding.citations, ...contextCitations(facts)]),
    missing: [...(finding.missing ?? []), ...facts.missing].slice(0, MISSING_MAX).map((one) => clip(one, 120)),
    ...(logTail === '' ? {} : { logTail }),
  };
}

/** No main container ever started: before the execution. Else the platform's doing, or the program's. */
function stageOf(facts: Facts, { reason }: Finding): Stage {
  if (!facts.mainStarted && !startIsOpen(facts) && !(TAKEN_AWAY.has(reason) && endIsOpen(facts))) return 'PreExecution';
  return TAKEN_AWAY.has(reason) ? 'Infrastructure' : 'Execution';
}

function effectsOf(facts: Facts, { stage, still }: { readonly stage: Stage; readonly still: boolean }): Effects {
  if (facts.mainStarted) return 'Possible';
  if (stage !== 'PreExecution' || (still && facts.pod === null && facts.refusal === null && facts.job === null))
    return 'Unknown';
  return facts.initStarted ? 'InitOnly' : 'None';
}

/** Statuses are there, and that of a main container is not: it may be lost. */
function endIsOpen({ pod, containers }: Facts): boolean {
  return (
    pod?.hasStatuses === true && containers.some((one) => one.kind === 'main' && !one.helper && one.state === 'none')
  );
}

/** There was a pod and it is not in evidence: whether it started is not known, and the careful answer is that it did. */
function startIsOpen({ pod, job, taskRuns, containers, events }: Facts): boolean {
  if (pod !== null || containers.length > 0) return false;
  const { active = 0, failed = 0, succeeded = 0 } = job?.counts ?? {};
  if (active + failed + succeeded > 0) return true;
  return (
    taskRuns.some((one) => one.podName !== '') ||
    events.some((event) => event.kind === 'Job' && event.reason === 'SuccessfulCreate')
  );
}

/** The exit code of a process; a code that a controller or the kubelet made up is none. */
function exitOf({ ending, named }: Finding): { exitCode?: number; signal?: number } {
  if (named !== undefined) return named.exitCode === null ? {} : { exitCode: named.exitCode };
  if (ending === undefined || ending.synthetic || ending.reason === 'ContainerStatusUnknown') return {};
  const { exitCode, signal } = ending;
  const known = signal ?? (exitCode > 128 && exitCode < 160 && ending.ran ? exitCode - 128 : null);
  return { exitCode, ...(known === null ? {} : { signal: known }) };
}

function evidenceOf(facts: Facts, citations: readonly Citation[]): EvidenceItem[] {
  const seen = new Set<string>();
  const items: EvidenceItem[] = [];
  for (const { source, path, value, at } of citations) {
    const key = `${source} ${path} ${value}`;
    if (seen.has(key) || items.length === EVIDENCE_MAX) continue;
    seen.add(key);
    items.push({
      id: `E${items.length + 1}`,
      source: clip(source, PATH_MAX),
      path: clip(path, PATH_MAX),
      value: quote(facts, value, VALUE_MAX),
      ...(at === null ? {} : { at: formatInstant(at) }),
    });
  }
  return items;
}

/** Redacted and bounded. What is far beyond the bound is cut off before the patterns are tried: they take time. */
function quote({ context }: Facts, text: string, max: number): string {
  const { sensitive = [] } = context;
  // Twice: what is taken out between (colours, invisible characters) may have broken a value into two.
  return clip(conceal(redact(conceal(text, sensitive).slice(0, max * 4)), sensitive), max);
}
