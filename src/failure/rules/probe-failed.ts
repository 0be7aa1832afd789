import { cite, citeEnd, citeEvent } from '../cite.js';
import type { ContainerFacts, EventFacts, Facts } from '../facts/facts.js';
import { deciding } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { probeKillOf, type ProbeKill } from './stop-causes.js';

/** The kubelet killed a container because its liveness or startup probe failed. */
export const probeKilled: Rule = {
  name: 'probe-killed',
  basis:
    'The kubelet sends Unhealthy with the probe, then Killing; the container itself only shows 137, 143 or even 0.',
  waiting: true,
  apply(facts) {
    for (const container of facts.containers) {
      const kill = probeKillOf(facts, container);
      if (kill !== null) return killedFinding(container, kill);
    }
    return null;
  },
};

function killedFinding(container: ContainerFacts, { probe, event, killing }: ProbeKill): Finding {
  const end = container.ended ?? container.last;
  const exit = end === null ? '' : ` It ended with exit ${end.exitCode}.`;
  return {
    reason: 'ProbeFailed',
    subreason: `${probe}Killed`,
    clears: false,
    container,
    ...(end === null ? {} : { ending: end }),
    message: `The kubelet killed container ${container.name} because its ${probe.toLowerCase()} probe failed: ${event.message}.${exit}`,
    citations: [
      citeEvent(event),
      ...(killing === null || killing === event ? [] : [citeEvent(killing)]),
      ...(end === null ? [] : [citeEnd(container, end)]),
    ],
  };
}

/** A container that runs, but whose probes say that it does not work. */
export const probeFailing: Rule = {
  name: 'probe-failing',
  basis:
    'Readiness never restarts anything, and an errored probe does not count: the container runs on and is not ready.',
  apply(facts) {
    for (const container of deciding(facts)) {
      if (container.state !== 'running' || container.last !== null) continue;
      const event = probeEvent(facts, container);
      if (event === null || (container.ready && event.message.startsWith('Readiness'))) continue;
      return failingFinding(container, event);
    }
    return null;
  },
};

function probeEvent({ events }: Facts, { name }: ContainerFacts): EventFacts | null {
  const own = events.filter((event) => event.container === name && event.reason === 'Unhealthy');
  return (
    own.findLast((event) => /^(?:Readiness|Liveness|Startup) probe (?:failed|errored)/.test(event.message)) ?? null
  );
}

function failingFinding(container: ContainerFacts, event: EventFacts): Finding {
  const readiness = event.message.startsWith('Readiness');
  return {
    reason: 'ProbeFailed',
    subreason: readiness ? 'ReadinessFailing' : /errored/.test(event.message) ? 'LivenessErrored' : 'LivenessFailing',
    clears: false,
    container,
    message: `Container ${container.name} runs, but ${event.message}`,
    citations: [citeEvent(event), cite(container.source, container.path, `running, ready=${container.ready}`)],
  };
}
