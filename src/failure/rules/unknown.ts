import { cite, citePod, citeRun } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import type { Finding, Rule } from '../finding.js';

/** It failed, and the evidence does not say why. */
export const unknown: Rule = {
  name: 'unknown',
  basis: 'A status may be lost, overwritten or never written. What nothing shows is not guessed.',
  apply(facts) {
    return {
      reason: 'Unknown',
      subreason: facts.pod === null && facts.job !== null ? 'PodsGone' : 'FailedWithoutDetail',
      clears: false,
      confidence: 'None',
      ...(mayHaveRun(facts) ? { stage: 'Execution' as const, effects: 'Unknown' as const } : {}),
      message: messageOf(facts),
      citations: [
        ...(facts.pod === null ? [] : [citePod(facts.pod)]),
        ...states(facts),
        ...[...facts.taskRuns, ...(facts.pipelineRun ? [facts.pipelineRun] : [])].flatMap(citeRun),
      ],
      missing: missingOf(facts),
    };
  },
};

/** Nothing shows how far it got: the careful answer is that it ran. */
function mayHaveRun({ pod, containers, mainStarted }: Facts): boolean {
  if (mainStarted) return false;
  return pod === null ? containers.length === 0 : pod.phase === 'Failed' && pod.node !== '' && !pod.hasStatuses;
}

function messageOf({ pod, containers, taskRuns, pipelineRun }: Facts): string {
  const shown = containers.map((one) => `${one.name} ${sayState(one)}`).join(', ');
  if (pod !== null)
    return `Pod ${pod.name} is ${pod.phase || 'without a phase'}${shown === '' ? '' : ` (${shown})`}, and nothing in the evidence says why.`;
  const run = taskRuns[0] ?? pipelineRun;
  if (run?.succeeded)
    return `${run.kind} ${run.name} failed (${run.succeeded.reason}: ${run.succeeded.message}), and nothing in the evidence says why.`;
  return 'Nothing in the evidence says what happened.';
}

function sayState(container: Facts['containers'][number]): string {
  if (container.ended !== null) return `exit ${container.ended.exitCode}`;
  return container.state === 'waiting' ? container.waiting.reason : container.state;
}

function states({ containers }: Facts): Finding['citations'] {
  return containers.map((one) => cite(one.source, `${one.path}.state`, `${one.state} ${sayState(one)}`));
}

function missingOf({ pod, events, job }: Facts): string[] {
  const missing: string[] = [];
  if (pod === null && job !== null) missing.push("the Job's pods");
  if (pod !== null && events.length === 0) missing.push('events of the pod');
  if (pod !== null && !pod.hasStatuses) missing.push('container statuses');
  return missing;
}
