import { cite, citeCondition, citeEnd, citeEvent, citePod, citeRun, citeSettings } from '../cite.js';
import type { ContainerFacts, Facts, Termination } from '../facts/facts.js';
import { deciding, endedBefore, isKill, lastEvent } from '../facts/queries.js';
import type { Citation, Finding, Rule } from '../finding.js';

/** A Tekton step ran into its own timeout. */
export const stepTimeout: Rule = {
  name: 'step-timeout',
  basis:
    "Tekton's entrypoint ends a step that exceeds its timeout and says so: TimeoutExceeded (TEP-0151), or the TaskRun's message.",
  apply(facts) {
    const run = facts.taskRuns.find((one) => STEP_TIMEOUT.test(one.succeeded?.message ?? ''));
    const name = STEP_TIMEOUT.exec(run?.succeeded?.message ?? '')?.[1];
    const container =
      facts.containers.find(
        (one) => one.ended?.reason === 'TimeoutExceeded' || /"TimeoutExceeded"/.test(one.ended?.message ?? ''),
      ) ?? facts.containers.find((one) => one.name === name || one.name === `step-${name ?? ''}`);
    if (container?.ended === undefined || container.ended === null) return null;
    if (run === undefined && !/TimeoutExceeded/.test(`${container.ended.reason} ${container.ended.message}`))
      return null;
    return {
      reason: 'DeadlineExceeded',
      subreason: 'StepTimeout',
      clears: false,
      container,
      ending: container.ended,
      message: `Step ${container.name} exceeded its own timeout. ${run?.succeeded?.message ?? ''}`.trim(),
      citations: [citeEnd(container, container.ended), ...(run === undefined ? [] : citeRun(run))],
    };
  },
};

const STEP_TIMEOUT = /"?([A-Za-z0-9-]+)"? exited because the step exceeded the specified timeout limit/;

/** activeDeadlineSeconds of the pod. */
export const podDeadline: Rule = {
  name: 'pod-deadline',
  basis:
    'The kubelet fails a pod that was active longer than activeDeadlineSeconds: status.reason DeadlineExceeded, then stops it.',
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const event = lastEvent(facts, 'DeadlineExceeded', (one) => one.kind === 'Pod');
    const told = pod.reason === 'DeadlineExceeded' || (event !== null && pod.phase !== 'Succeeded');
    if (!told || failedByItself(facts, event?.at ?? null)) return null;
    return passed(facts, {
      subreason: 'PodActiveDeadline',
      message: `The pod ran into its deadline: ${pod.message || (event?.message ?? '')}`,
      citations: [
        citePod(pod),
        ...citeSettings(pod, 'activeDeadlineSeconds'),
        ...(event === null ? [] : [citeEvent(event)]),
      ],
    });
  },
};

/** activeDeadlineSeconds of the Job. */
export const jobDeadline: Rule = {
  name: 'job-deadline',
  basis: 'The Job controller sets FailureTarget DeadlineExceeded, stops the pods, and sets Failed when they are gone.',
  apply(facts) {
    const { job } = facts;
    if (job?.failed?.reason !== 'DeadlineExceeded') return null;
    const target = job.conditions['FailureTarget'] ?? job.failed;
    const event = lastEvent(facts, 'DeadlineExceeded', (one) => one.kind === 'Job');
    if (failedByItself(facts, target.at)) return null;
    const seconds = job.activeDeadlineSeconds === null ? '' : ` of ${job.activeDeadlineSeconds} seconds`;
    return passed(facts, {
      subreason: 'JobActiveDeadline',
      message: `Job ${job.name} ran into its deadline${seconds}: ${job.failed.message}`,
      citations: [
        ...citeCondition(job, 'Failed'),
        ...(job.activeDeadlineSeconds === null
          ? []
          : [cite(job.source, 'spec.activeDeadlineSeconds', String(job.activeDeadlineSeconds))]),
        ...(event === null ? [] : [citeEvent(event)]),
      ],
    });
  },
};

/** A PipelineRun's timeout, or that of its tasks; its children say "cancelled" then. */
export const pipelineTimeout: Rule = {
  name: 'pipeline-timeout',
  basis: 'Tekton cancels the TaskRuns of a PipelineRun that timed out and says so in their spec.statusMessage.',
  apply(facts) {
    const run = facts.pipelineRun;
    const child = facts.taskRuns.find((one) => BY_TIMEOUT.test(`${one.askedMessage} ${one.succeeded?.message ?? ''}`));
    const own = run?.succeeded?.status === 'False' && /^PipelineRunTimeout$/.test(run.succeeded.reason);
    if (!own && child === undefined) return null;
    const message = own ? run.succeeded.message : (child?.succeeded?.message ?? '');
    const byTasks = /tasks failed to finish within/.test(message);
    return passed(facts, {
      subreason: byTasks ? 'PipelineTasksTimeout' : 'PipelineRunTimeout',
      message,
      open: howFarIsOpen(facts, message),
      citations: [...(run === null ? [] : citeRun(run)), ...(child === undefined ? [] : citeRun(child))],
    });
  },
};

const BY_TIMEOUT = /the PipelineRun it belongs to has timed out/;

/** A TaskRun's timeout. */
export const taskRunTimeout: Rule = {
  name: 'taskrun-timeout',
  basis:
    'Tekton deletes the pod of a TaskRun that timed out and writes exit code 1 into its steps: no process gave that.',
  apply(facts) {
    const run = facts.taskRuns.find(
      (one) => one.succeeded?.status === 'False' && one.succeeded.reason === 'TaskRunTimeout',
    );
    if (run === undefined) return null;
    return passed(facts, {
      subreason: 'TaskRunTimeout',
      message: run.succeeded?.message ?? '',
      open: howFarIsOpen(facts, run.succeeded?.message ?? ''),
      citations: citeRun(run),
    });
  },
};

/** The container failed by its own exit before the deadline: the deadline only ended what was over. */
function failedByItself(facts: Facts, at: number | null): boolean {
  return deciding(facts).some((one) => {
    if (one.ended === null || one.ended.exitCode === 0 || one.ended.synthetic || isKill(one.ended) || !one.ended.ran)
      return false;
    return at === null || endedBefore(one, at);
  });
}

interface Passed {
  readonly subreason: string;
  readonly message: string;
  readonly citations: readonly Citation[];
  /** Neither a pod nor its steps are in evidence: the careful answer is that they ran. */
  readonly open?: boolean;
}

function howFarIsOpen({ pod, containers }: Facts, message: string): boolean {
  return pod === null && containers.length === 0 && !/Previous status: \[Pending\]/.test(message);
}

function passed(facts: Facts, { subreason, message, citations, open = false }: Passed): Finding {
  const stopped = stoppedContainer(facts);
  return {
    reason: 'DeadlineExceeded',
    subreason,
    clears: false,
    message,
    ...(open ? { stage: 'Execution' as const, effects: 'Unknown' as const } : {}),
    ...(stopped === null
      ? {}
      : stopped.end === null
        ? { container: stopped.container }
        : { container: stopped.container, ending: stopped.end }),
    citations: [...citations, ...(stopped?.end ? [citeEnd(stopped.container, stopped.end)] : [])],
  };
}

/** The container that the deadline cut: one that runs, or that was stopped. */
function stoppedContainer(
  facts: Facts,
): { readonly container: ContainerFacts; readonly end: Termination | null } | null {
  const main = deciding(facts);
  const cut =
    main.find((one) => one.ended?.synthetic === true) ??
    main.find((one) => one.ended?.ran === true && one.ended.exitCode !== 0);
  const container = cut ?? main.find((one) => one.state === 'running') ?? main.find((one) => one.ended?.ran === true);
  if (container === undefined) return null;
  return { container, end: container.ended?.synthetic === true ? null : container.ended };
}
