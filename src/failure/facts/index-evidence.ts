import type { AttemptContext } from '../context.js';
import type { Evidence } from '../evidence.js';
import type { ContainerFacts, Facts, TektonFacts } from './facts.js';
import { indexContainers } from './index-containers.js';
import { indexEvents } from './index-events.js';
import { indexJob, indexNode, indexPod, indexTekton } from './index-objects.js';
import { indexSteps } from './index-steps.js';

/** Reads evidence once into facts. Unrelated events fall out here; orders are made the same. */
export function indexEvidence(evidence: Evidence, context: AttemptContext): Facts {
  const events = indexEvents(evidence, context);
  const taskRuns = (evidence.taskRuns ?? []).map((run) => indexTekton('TaskRun', run)).sort(byEnd);
  const containers = evidence.pod ? indexContainers(evidence.pod, events, context) : stepsOf(evidence, taskRuns);
  const stepsStarted = (evidence.taskRuns ?? []).some((run) => indexSteps(run, '').some((step) => step.started));
  return {
    context,
    pod: evidence.pod ? indexPod(evidence.pod) : null,
    containers,
    events,
    job: evidence.job ? indexJob(evidence.job) : null,
    node: evidence.node ? indexNode(evidence.node) : null,
    taskRuns,
    pipelineRun: evidence.pipelineRun ? indexTekton('PipelineRun', evidence.pipelineRun) : null,
    refusal: evidence.createError ?? null,
    missing: evidence.missing ?? [],
    mainStarted: stepsStarted || containers.some(startedMain) || seenMain(containers, context),
    initStarted: containers.some((one) => one.kind !== 'main' && one.started && isUsers(one)),
  };
}

/** What the user wants to run, not what somebody put beside it. */
function isUsers({ injected, helper }: ContainerFacts): boolean {
  return !injected && !helper;
}

function startedMain(container: ContainerFacts): boolean {
  return container.kind === 'main' && container.started && isUsers(container);
}

/** A main container was seen to have started, though nothing in the evidence tells of it any more. */
function seenMain(containers: readonly ContainerFacts[], context: AttemptContext): boolean {
  return context.seenStarted.some((name) => {
    const known = containers.find((one) => one.name === name);
    if (known !== undefined) return startedMain(known);
    return context.main?.includes(name) ?? true;
  });
}

/** The steps of the TaskRun that failed first, where no pod is in evidence. */
function stepsOf(evidence: Evidence, taskRuns: readonly TektonFacts[]): ContainerFacts[] {
  const culprit = taskRuns.find((run) => run.succeeded?.status === 'False') ?? taskRuns[0];
  if (culprit === undefined) return [];
  const raw = (evidence.taskRuns ?? []).find((run) => indexTekton('TaskRun', run).name === culprit.name);
  return raw === undefined ? [] : indexSteps(raw, culprit.source);
}

function byEnd(a: TektonFacts, b: TektonFacts): number {
  const end = (a.completedAt ?? Infinity) - (b.completedAt ?? Infinity);
  if (a.completedAt !== b.completedAt) return end;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
