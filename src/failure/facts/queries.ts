import type { Instant } from '../../api/instant.js';
import type { ContainerFacts, EventFacts, Facts, Termination } from './facts.js';
import { printedCause } from './printed-cause.js';

/** Clocks of a node and of the API server differ; status times have whole seconds. Closer instants are not ordered. */
export const CLOCK_SKEW_MS = 2_000;

/** The containers whose end decides; all main ones where the context names none that is there. */
export function deciding({ containers }: Facts): readonly ContainerFacts[] {
  const named = containers.filter((one) => one.decides);
  return named.length > 0 ? named : containers.filter((one) => one.kind === 'main');
}

/** How a container last ended: its current end, or the one before a restart. */
export function lastEnd(container: ContainerFacts): Termination | null {
  return container.ended ?? container.last;
}

/** Ended with 0, and not killed for memory. */
export function isClean(end: Termination | null): boolean {
  return end !== null && end.exitCode === 0 && end.reason !== 'OOMKilled';
}

/** Whether all deciding containers had ended clearly before an instant: what came then cannot be the cause. */
export function hadEndedBefore(facts: Facts, instant: Instant | null): boolean {
  const main = deciding(facts);
  return main.length > 0 && main.every((one) => endedBefore(one, instant));
}

/** Whether one container had ended clearly before an instant. */
export function endedBefore({ ended }: ContainerFacts, instant: Instant | null): boolean {
  if (instant === null || ended === null || !ended.ran || ended.finishedAt === null) return false;
  return ended.finishedAt + CLOCK_SKEW_MS <= instant;
}

/** Names of the attempt's objects, which a text may hold without quotes; longer ones first. */
export function namesOf({ pod, job, containers }: Facts): readonly string[] {
  const images = containers.flatMap(({ image }) => [image, image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')]);
  const volumes = pod?.volumes.map((one) => one.name) ?? [];
  const names = [
    pod?.name ?? '',
    pod?.node ?? '',
    job?.name ?? '',
    ...images,
    ...volumes.filter((one) => one.includes('-')),
  ];
  return names.filter((one) => one.length > 3).sort((a, b) => b.length - a.length);
}

/** Nothing of the pod has started: no init, sidecar or main container. */
export function nothingStarted(facts: Facts): boolean {
  return !facts.mainStarted && !facts.containers.some((one) => one.started);
}

/** The last event of a reason that satisfies a test. */
export function lastEvent(facts: Facts, reason: string, test?: (event: EventFacts) => boolean): EventFacts | null {
  return facts.events.findLast((event) => event.reason === reason && (test?.(event) ?? true)) ?? null;
}

/** SIGKILL or SIGTERM by the shell's convention 128+n: somebody killed it; the code does not say who. */
export function isKill(end: Termination): boolean {
  return end.exitCode === 137 || end.exitCode === 143 || end.signal === 9 || end.signal === 15;
}

/**
 * The container that failed first: what ends later is often a consequence. Ties: a program's own exit before a kill, one
 * whose last words name a cause before one whose do not, then by name, so that the order of containers is no input.
 */
export function firstFailed(containers: readonly ContainerFacts[]): ContainerFacts | null {
  const failed = containers.filter((one) => {
    const end = lastEnd(one);
    return end !== null && !isClean(end);
  });
  return failed.sort(byCulprit)[0] ?? null;
}

function byCulprit(a: ContainerFacts, b: ContainerFacts): number {
  const [endA, endB] = [lastEnd(a), lastEnd(b)];
  if (endA === null || endB === null) return 0;
  const gap = (endA.finishedAt ?? Infinity) - (endB.finishedAt ?? Infinity);
  const near = Number.isNaN(gap) || Math.abs(gap) < CLOCK_SKEW_MS;
  if (near && isKill(endA) !== isKill(endB)) return isKill(endA) ? 1 : -1;
  if (!Number.isNaN(gap) && gap !== 0) return gap;
  const silent = Number(printedCause(endA.message) === null) - Number(printedCause(endB.message) === null);
  if (silent !== 0) return silent;
  return a.name < b.name ? -1 : 1;
}
