import type { Failure, Reference, Tried } from '../enumerate.js';
import { referenceOf, tryPairs, tryPoints } from '../enumerate.js';
import { type Mode, allPoints, triedPoints } from '../plan-of-points.js';
import type { Point } from '../points.js';
import { scenarioNamed } from '../scenarios/index.js';

/** A piece of the enumeration, small enough to be given to whichever process is free. */
export interface Unit {
  readonly scenario: string;
  readonly mode: Mode | 'pairs';
  /** Every point there is; else those of a run of some minutes. */
  readonly all: boolean;
  /** Takes one of so many shares of the points. */
  readonly share: number;
  readonly ofShares: number;
}

/** What a worker process is told to do, and what it answers. */
export type Task =
  | { readonly kind: 'unit'; readonly unit: Unit }
  /** Looks for a point that fails, in these scenarios, one after the other. */
  | { readonly kind: 'hunt'; readonly scenarios: readonly string[] };

export type Result =
  | ({ readonly kind: 'unit'; readonly unit: Unit; readonly milliseconds: number } & Tried)
  | { readonly kind: 'hunt'; readonly tried: number; readonly found: Failure | null };

/** Of the second crashes of a pair every so many is tried, beginning with another one each time, where not all are. */
export const PAIRS_EVERY = 8;

export async function performTask(task: Task): Promise<Result> {
  return task.kind === 'hunt' ? hunt(task.scenarios) : performUnit(task.unit);
}

const references = new Map<string, Promise<Reference>>();

function reference(name: string): Promise<Reference> {
  const known = references.get(name);
  if (known !== undefined) return known;
  const made = referenceOf(scenarioNamed(name));
  references.set(name, made);
  return made;
}

async function performUnit(unit: Unit): Promise<Result> {
  const begin = performance.now();
  const tried = await triedOf(await reference(unit.scenario), unit);
  return { kind: 'unit', unit, milliseconds: performance.now() - begin, ...tried };
}

function triedOf(of: Reference, { mode, all, share, ofShares }: Unit): Promise<Tried> {
  if (mode === 'pairs') return tryPairs(of, { share, ofShares, every: all ? 1 : PAIRS_EVERY });
  const points = all ? allPoints(of, mode) : triedPoints(of, mode);
  return tryPoints(
    of,
    points.filter((_, index) => index % ofShares === share),
  );
}

/** The modes with the fewest points come first: what they find is found soon. */
const HUNTED: readonly Mode[] = ['two', 'stale', 'single', 'late'];

async function hunt(scenarios: readonly string[]): Promise<Result> {
  let tried = 0;
  for (const mode of HUNTED) {
    for (const name of scenarios) {
      let of: Reference;
      try {
        of = await reference(name);
      } catch (error) {
        return { kind: 'hunt', tried: tried + 1, found: undisturbed(name, error) };
      }
      for (const point of startLast(triedPoints(of, mode))) {
        tried += 1;
        const [found] = (await tryPoints(of, [point])).failures;
        if (found !== undefined) return { kind: 'hunt', tried, found };
      }
    }
  }
  return { kind: 'hunt', tried, found: null };
}

/** A defect shows in what becomes of a run, hardly in how the caches are filled before there is one. */
function startLast(points: readonly Point[]): readonly Point[] {
  return [
    ...points.filter(({ atStartUp }) => atStartUp !== true),
    ...points.filter(({ atStartUp }) => atStartUp === true),
  ];
}

function undisturbed(scenario: string, error: unknown): Failure {
  return { scenario, point: 'even undisturbed', why: error instanceof Error ? error.message : String(error) };
}
