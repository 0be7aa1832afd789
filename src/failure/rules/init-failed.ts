import { cite, citeEnd, citeWaiting } from '../cite.js';
import type { ContainerFacts, Facts, Termination } from '../facts/facts.js';
import { isClean, lastEnd } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { isRbacDenial } from './api-refusals.js';
import { sayExit } from './exit-codes.js';

/** A missing right, privilege or kernel module does not come by trying again. */
const PERMANENT =
  /permission denied|operation not permitted|access denied|must be (?:run as )?root|your kernel needs to be upgraded|modprobe|kernel module|read-only file system|password authentication failed|command not found/i;

/** An init container ran and failed. */
export const initFailed: Rule = {
  name: 'init-container-failed',
  basis:
    'Init containers run one after the other; with restartPolicy Never one that exits non-zero fails the pod, else it is repeated.',
  waiting: true,
  apply(facts) {
    const failed = facts.containers.filter((one) => one.kind === 'init' && hasFailed(one));
    const [container] = failed;
    if (container === undefined) return null;
    const end = lastEnd(container);
    if (end === null || !end.ran) return null;
    return isRbacDenial(end.message) ? forbidden(facts, container, end) : findingOf(facts, container, end);
  },
};

/** Its last end was a failure, and it is not running again. */
function hasFailed(container: ContainerFacts): boolean {
  const end = lastEnd(container);
  if (end === null || isClean(end) || end.reason === 'ContainerStatusUnknown') return false;
  return container.state === 'terminated' || container.waiting.reason === 'CrashLoopBackOff';
}

function findingOf(facts: Facts, container: ContainerFacts, end: Termination): Finding {
  const looping = container.waiting.reason === 'CrashLoopBackOff' || container.restarts > 1;
  const permanent = PERMANENT.test(end.message) || end.exitCode === 126 || end.exitCode === 127;
  const quote = end.message === '' || !facts.context.quoteLogs ? '' : ` Its last words: ${end.message.trim()}`;
  return {
    reason: 'InitContainerFailed',
    subreason: looping ? 'InitCrashLoop' : 'InitExitNonZero',
    clears: !permanent,
    container,
    ending: end,
    message: `Init container ${container.name} ${looping ? 'keeps crashing' : 'failed'} (${sayExit(end)}).${quote}`,
    citations: [
      citeEnd(container, end),
      ...(container.state === 'waiting' ? [citeWaiting(container)] : []),
      ...(container.restarts > 0
        ? [cite(container.source, `${container.path}.restartCount`, String(container.restarts))]
        : []),
    ],
  };
}

function forbidden(facts: Facts, container: ContainerFacts, end: Termination): Finding {
  return {
    reason: 'Forbidden',
    subreason: 'RBACDenied',
    clears: false,
    container,
    ending: end,
    message: `Init container ${container.name} failed (${sayExit(end)}): the API server refused it${facts.context.quoteLogs ? `: ${end.message.trim()}` : ' (RBAC)'}`,
    citations: [citeEnd(container, end)],
  };
}
