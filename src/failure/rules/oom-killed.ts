import { cite, citeEnd, citeEvent, citeLimit, citeNode } from '../cite.js';
import type { ContainerFacts, EventFacts, Facts, Termination } from '../facts/facts.js';
import { isClean } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';

/** The kernel killed a process of a container for memory, and the runtime says so. */
export const oomKilled: Rule = {
  name: 'oom-killed',
  basis: 'The runtime reports OOMKilled when the oom_kill counter of the cgroup rose, whatever the exit code of PID 1.',
  waiting: true,
  apply(facts) {
    const hit = facts.containers
      .flatMap((container) => {
        const end = oomEnd(container);
        return end === null ? [] : [{ container, end }];
      })
      .sort((a, b) => (a.end.finishedAt ?? 0) - (b.end.finishedAt ?? 0) || rank(a.container) - rank(b.container))[0];
    return hit === undefined ? null : finding(facts, hit.container, hit.end);
  },
};

function rank(container: ContainerFacts): number {
  return container.decides ? 0 : 1;
}

/** An end by OOM that still matters: not one that a later, clean end of the same container made good. */
function oomEnd(container: ContainerFacts): Termination | null {
  const { ended, last, state } = container;
  if (ended?.reason === 'OOMKilled') return ended;
  if (isClean(ended)) return null;
  if (last?.reason !== 'OOMKilled') return null;
  // A native sidecar restarts by itself; once it runs again it is only a culprit while it keeps failing.
  return container.kind === 'sidecar' && state === 'running' ? null : last;
}

function finding(facts: Facts, container: ContainerFacts, ending: Termination): Finding {
  const limit = container.memoryLimit === null ? '' : ` Its memory limit is ${container.memoryLimit}.`;
  const child =
    ending.exitCode === 137
      ? ''
      : ' The kernel killed one of its processes; the program went on and gave that exit code itself.';
  return {
    reason: 'OOMKilled',
    subreason: subreasonOf(facts, container, ending),
    clears: false,
    container,
    ending,
    message: `Container ${container.name} was OOMKilled (exit ${ending.exitCode}).${limit}${child}`,
    citations: [citeEnd(container, ending), ...citeLimit(container), ...citeNode(facts)],
  };
}

function subreasonOf(facts: Facts, container: ContainerFacts, { exitCode }: Termination): string {
  if (container.kind === 'init') return 'InitContainerOOM';
  if (exitCode === 0) return 'OOMKilledExitZero';
  if (exitCode !== 137) return 'ChildProcessOOM';
  if (container.kind === 'sidecar' || container.injected) return 'SidecarOOM';
  return container.name.startsWith('step-') && facts.pod?.owner?.kind === 'TaskRun' ? 'StepOOM' : 'CgroupOOM';
}

/** The node ran out of memory and the kernel killed a process of this container. */
export const systemOom: Rule = {
  name: 'system-oom',
  basis:
    'The kubelet sends SystemOOM on the Node and names the victim process; the container then says Error 137 only.',
  apply(facts) {
    for (const event of facts.events) {
      const victim = victimOf(event);
      if (victim === null) continue;
      for (const container of facts.containers) {
        const end = container.ended ?? container.last;
        if (end?.exitCode !== 137 || !isVictim(container, end, { victim, event })) continue;
        return {
          reason: 'OOMKilled',
          subreason: 'SystemOOM',
          clears: false,
          container,
          ending: end,
          confidence: 'Likely',
          message: `Node ${event.name} ran out of memory and the kernel killed process ${victim} of container ${container.name} (exit 137).`,
          citations: [
            citeEnd(container, end),
            citeEvent(event),
            cite(container.source, `spec.containers[${container.name}].image`, container.image),
            ...citeNode(facts),
          ],
        };
      }
    }
    return null;
  },
};

function victimOf(event: EventFacts): string | null {
  if (event.kind !== 'Node') return null;
  if (event.reason === 'SystemOOM') return /victim process: ([^,\s]+)/.exec(event.message)?.[1] ?? null;
  if (event.reason === 'OOMKilling') return /Killed process \d+,? \(([^)]+)\)/.exec(event.message)?.[1] ?? null;
  return null;
}

/** The kernel cuts process names at 15 characters. */
const COMM_LENGTH = 15;
const CLOSE_MS = 10_000;

function isVictim(
  container: ContainerFacts,
  end: Termination,
  { victim, event }: { readonly victim: string; readonly event: EventFacts },
): boolean {
  const words = [...container.command, container.name, container.image].flatMap((word) => word.split(/[\s/:@]+/));
  if (words.some((word) => word.slice(0, COMM_LENGTH) === victim || word === victim)) return true;
  // The image's own entrypoint is not in the pod: then the time must tell.
  if (container.command.length > 0 || end.finishedAt === null || event.at === null) return false;
  return Math.abs(end.finishedAt - event.at) <= CLOSE_MS;
}
