import { asJson } from './as-json.js';
import { comparable } from './comparable.js';
import { brokenInvariants } from './invariants.js';
import { type Outcome, difference, outcomeOf } from './outcome.js';
import { type Play, play } from './play.js';
import { type Calls, type Point, crashPoints, secondCrashes } from './points.js';
import type { Scenario } from './scenario.js';

/** The undisturbed play of a scenario, with which all others are compared. */
export interface Reference {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly calls: Calls;
}

export interface Failure {
  readonly scenario: string;
  readonly point: string;
  readonly why: string;
}

export interface Tried {
  readonly tried: number;
  readonly failures: readonly Failure[];
}

/** @throws Error where the undisturbed scenario is not what it says, or breaks an invariant by itself */
export async function referenceOf(scenario: Scenario): Promise<Reference> {
  const played = await play(scenario);
  const outcome = await outcomeOf(played, scenario);
  const wrong = [...unlike(played, scenario), ...(await brokenInvariants(played))];
  if (played.stuck !== null) wrong.push(played.stuck);
  if (wrong.length > 0)
    throw new Error(`scenario ${scenario.name} is not right even undisturbed:\n${wrong.join('\n')}`);
  return { scenario, outcome, calls: callsOf(played, 1) };
}

function unlike({ world, run }: Play, { ends }: Scenario): string[] {
  const { status } = world.latest(run);
  const starts: Record<string, number> = {};
  for (const { argv } of world.cluster.runtime.started) starts[argv[0] ?? ''] = (starts[argv[0] ?? ''] ?? 0) + 1;
  const steps = Object.fromEntries((status?.engine?.tasks ?? []).map(({ name, state }) => [name, state]));
  const found = { phase: status?.engine?.phase, steps, starts };
  const wrong = difference(asJson({ phase: ends.phase, steps: ends.steps, starts: ends.starts }), asJson(found));
  return wrong === null ? [] : [wrong];
}

export function callsOf({ world, startUp }: Play, number: number): Calls {
  return {
    startUp: number === 1 ? startUp : 0,
    api: world.calls.filter(({ process }) => process === number),
    store: world.storeCalls.filter(({ process }) => process === number),
  };
}

/** Plays the scenario with one disturbance; null: nothing was changed by it that may not change. */
export async function tryPoint(reference: Reference, point: Point): Promise<Failure | null> {
  const { why } = await judge(reference, point);
  return why === null ? null : { scenario: reference.scenario.name, point: point.label, why };
}

export async function tryPoints(reference: Reference, points: readonly Point[]): Promise<Tried> {
  const failures: Failure[] = [];
  for (const point of points) {
    const failure = await tryPoint(reference, point);
    if (failure !== null) failures.push(failure);
  }
  return { tried: points.length, failures };
}

interface PairOptions {
  /** Takes this share of the first crashes: every `ofShares`th, beginning with the `share`th. */
  readonly share: number;
  readonly ofShares: number;
  /** Of the second crashes every so many is tried, each time beginning with another. */
  readonly every: number;
}

/** Two crashes: at each call of the first controller, and then at each of the calls that the second one makes. */
export async function tryPairs(reference: Reference, { share, ofShares, every }: PairOptions): Promise<Tried> {
  const failures: Failure[] = [];
  let tried = 0;
  for (const [index, first] of crashPoints(reference.calls).entries()) {
    if (index % ofShares !== share) continue;
    const { played } = await judge(reference, first);
    const seconds = secondCrashes(first, callsOf(played, 2)).filter((_, number) => number % every === index % every);
    const result = await tryPoints(reference, seconds);
    tried += result.tried;
    failures.push(...result.failures);
  }
  return { tried, failures };
}

async function judge(
  { scenario, outcome }: Reference,
  point: Point,
): Promise<{ readonly played: Play; readonly why: string | null }> {
  const played = await play(scenario, point.disturbance());
  const found = await outcomeOf(played, scenario);
  const change = difference(comparable(outcome, point), comparable(found, point));
  const broken = await brokenInvariants(played, { mayCreateLate: point.mayCreateLate ?? false });
  const why = [...(change === null ? [] : [change]), ...broken];
  return { played, why: why.length === 0 ? null : why.join('; ') };
}
