import { cite, citeCondition, citeEnd, citeJob, citeRun, citeWaiting } from '../cite.js';
import type { ContainerFacts, Facts, Termination } from '../facts/facts.js';
import { deciding, firstFailed, isClean } from '../facts/queries.js';
import type { Citation, Finding, Rule } from '../finding.js';
import { isRbacDenial } from './api-refusals.js';
import { exitSubreason, isUnexplainedKill, sayExit } from './exit-codes.js';

/** A container that crashes again and again: what ends the loop at last, a deadline or a limit, is not the cause. */
export const crashLoop: Rule = {
  name: 'crash-loop',
  basis:
    'With restartPolicy Always or OnFailure the kubelet restarts a failed container with a growing back-off: lastState tells how it ends.',
  waiting: true,
  apply(facts) {
    const looping = deciding(facts).filter(
      (one) => one.state === 'waiting' && one.waiting.reason === 'CrashLoopBackOff',
    );
    const container = firstFailed(looping);
    const end = container?.last;
    if (container === null || end === null || end === undefined || !end.ran) return null;
    return exitFinding(facts, container, end);
  },
};

/** A program ended with a failure of its own, or was killed and nothing says by whom. */
export const exitNonZero: Rule = {
  name: 'exit-non-zero',
  basis: "The exit code of PID 1 is the program's own word; 137 and 143 are signals, which others send.",
  apply(facts) {
    const all = facts.containers.filter((one) => one.kind === 'main' && !one.injected);
    const ended = all.filter((one) => one.state === 'terminated' || (one.last !== null && !isClean(one.last)));
    const container = firstFailed(ended.filter((one) => one.decides)) ?? firstFailed(ended);
    const end = container?.ended ?? container?.last ?? null;
    if (container === null || end === null || isClean(end) || end.synthetic) return null;
    if (!end.ran && end.reason === 'ContainerStatusUnknown') return null;
    return exitFinding(facts, container, end);
  },
};

function exitFinding(facts: Facts, container: ContainerFacts, end: Termination): Finding {
  const common = { clears: false, container, ending: end, citations: citationsOf(facts, container, end) };
  if (isRbacDenial(end.message)) {
    return {
      ...common,
      reason: 'Forbidden',
      subreason: 'RBACDenied',
      message: `Container ${container.name} failed (${sayExit(end)}): the API server refused it${facts.context.quoteLogs ? `: ${end.message.trim()}` : ' (RBAC)'}`,
    };
  }
  if (isUnexplainedKill(end)) return { ...common, ...unexplained(facts, container, end) };
  const quote =
    end.message === '' || !facts.context.quoteLogs || end.message.startsWith('[{')
      ? ''
      : ` Its last words: ${end.message.trim()}`;
  const how =
    container.waiting.reason === 'CrashLoopBackOff'
      ? `keeps crashing (${sayExit(end)}, ${container.restarts} restarts)`
      : `failed (${sayExit(end)})`;
  return {
    ...common,
    reason: 'TaskFailed',
    subreason: exitSubreason(facts, container, end),
    message: `Container ${container.name} ${how}.${quote}`,
  };
}

/** 137 and 143 with nothing else: a limit alone is no evidence of a kill for memory. */
function unexplained(
  facts: Facts,
  container: ContainerFacts,
  end: Termination,
): Pick<Finding, 'reason' | 'subreason' | 'message' | 'confidence' | 'missing'> {
  const signal = end.exitCode === 143 || end.signal === 15 ? 'SIGTERM' : 'SIGKILL';
  const others = deciding(facts).filter((one) => one !== container);
  const afterSuccess =
    others.length > 0 && others.some((one) => isClean(one.ended)) && others.every((one) => one.ended !== null);
  return {
    reason: 'Unknown',
    subreason: afterSuccess
      ? 'SidecarKilledAfterSuccess'
      : signal === 'SIGTERM'
        ? 'SigtermUnexplained'
        : 'SigkillUnexplained',
    confidence: 'None',
    message: `Container ${container.name} was killed (${sayExit(end)}) and nothing in the evidence says by whom or why.`,
    missing: ['an event or condition that tells who sent the signal'],
  };
}

function citationsOf(facts: Facts, container: ContainerFacts, end: Termination): Citation[] {
  const { job } = facts;
  const siblings = facts.containers
    .filter((one) => one !== container && one.kind === 'main' && !one.injected)
    .slice(0, 3);
  return [
    citeEnd(container, end),
    ...(container.state === 'waiting' ? [citeWaiting(container)] : []),
    ...siblings.map((one) =>
      cite(
        one.source,
        `${one.path}.state`,
        one.ended === null ? one.state : `exitCode=${one.ended.exitCode} reason=${one.ended.reason}`,
      ),
    ),
    ...(job === null ? [] : [...citeCondition(job, 'Failed'), ...citeCondition(job, 'FailureTarget')].slice(0, 1)),
    ...(job === null || job.failed === null ? [] : citeJob(job)),
    ...facts.taskRuns.slice(0, 1).flatMap(citeRun),
  ];
}
