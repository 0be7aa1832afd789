import type { Instant } from '../../api/instant.js';
import type { ContainerFacts, EventFacts, Facts } from '../facts/facts.js';
import { CLOCK_SKEW_MS } from '../facts/queries.js';

/** A probe that made the kubelet kill a container. */
export interface ProbeKill {
  readonly probe: 'Liveness' | 'Startup';
  readonly event: EventFacts;
  readonly killing: EventFacts | null;
}

/** Between the last failed probe and the end lies at most the container's grace period; longer ones are rare. */
const GRACE_MS = 120_000;

/**
 * The probe that had a container killed, or null. A pod that is never restarted gets the same "Stopping container" as any
 * other stop, so that only the failed probe before it tells.
 */
export function probeKillOf(facts: Facts, container: ContainerFacts): ProbeKill | null {
  const own = facts.events.filter((event) => event.container === container.name);
  const named = own.findLast((event) =>
    /failed (?:liveness|startup) probe|is unhealthy, it will be killed/.test(event.message),
  );
  const event = own.findLast(
    (one) => one.reason === 'Unhealthy' && /^(?:Liveness|Startup) probe (?:failed|errored)/.test(one.message),
  );
  const text = `${named?.message ?? ''} ${event?.message ?? ''}`;
  const probe = /startup probe/i.test(named?.message ?? text) ? 'Startup' : 'Liveness';
  if (named !== undefined) return { probe, event: event ?? named, killing: named };
  if (event === undefined || /errored/.test(event.message) || stoppedOtherwise(facts)) return null;
  const end = container.ended ?? container.last;
  if (end === null || !end.ran) return null;
  const killing = own.findLast((one) => one.reason === 'Killing' && (one.at ?? 0) >= (event.at ?? 0)) ?? null;
  if (killing !== null) return endedAfter(end.finishedAt, killing.at) ? { probe, event, killing } : null;
  // No Killing event in evidence: a kill soon after the last failed probe.
  const killed = end.exitCode === 137 || end.exitCode === 143;
  const soon = end.finishedAt !== null && event.at !== null && Math.abs(end.finishedAt - event.at) <= GRACE_MS;
  return killed && soon ? { probe, event, killing: null } : null;
}

/** The kubelet kills a container whose postStart hook failed. */
export function hookFailureOf(facts: Facts, container: ContainerFacts): EventFacts | null {
  const event = facts.events.findLast(
    (one) => one.container === container.name && /^(?:FailedPostStartHook|PostStartHookError)$/.test(one.reason),
  );
  if (event === undefined || container.state === 'running') return null;
  const end = container.ended ?? container.last;
  return end !== null && !endedAfter(end.finishedAt, event.at) ? null : event;
}

/**
 * When somebody first asked the attempt to stop: our own intent, a deletion, a disruption, a deadline. An end with 0 that
 * is not clearly before it proves nothing: programs end with 0 on SIGTERM.
 */
export function stopAskedAt(facts: Facts): Instant | null {
  const { pod, job, context } = facts;
  const instants = [
    context.stop?.at ?? null,
    pod?.deletionAskedAt ?? null,
    job?.deletionAskedAt ?? null,
    pod?.conditions['DisruptionTarget']?.status === 'True' ? pod.conditions['DisruptionTarget'].at : null,
    pod?.reason === 'DeadlineExceeded' ? 0 : null,
    deadlineEventAt(facts),
    job?.failed?.reason === 'DeadlineExceeded' ? job.failed.at : null,
  ].filter((one) => one !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** The kubelet tells of a passed activeDeadlineSeconds before the status does. */
function deadlineEventAt({ events }: Facts): Instant | null {
  return events.find((event) => event.kind === 'Pod' && event.reason === 'DeadlineExceeded')?.at ?? null;
}

function stoppedOtherwise(facts: Facts): boolean {
  return stopAskedAt(facts) !== null;
}

function endedAfter(finishedAt: Instant | null, at: Instant | null): boolean {
  return finishedAt === null || at === null || finishedAt + CLOCK_SKEW_MS >= at;
}
