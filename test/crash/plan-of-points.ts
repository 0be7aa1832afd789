import type { Reference } from './enumerate.js';
import { AWAKE_AFTER_MS, lateWakers, stalePoints, twoActive } from './modes.js';
import { FAULTS, type Point, singlePoints } from './points.js';
import { SCENARIOS } from './scenarios/index.js';

/** The ways to disturb a scenario, each with its points; pairs of crashes come on top of them. */
export const MODES = ['single', 'stale', 'two', 'late'] as const;
export type Mode = (typeof MODES)[number];

/** All points of a scenario in a mode. */
export function allPoints({ calls }: Reference, mode: Mode): readonly Point[] {
  switch (mode) {
    case 'single':
      return singlePoints(calls);
    case 'stale':
      return stalePoints();
    case 'two':
      return twoActive();
    case 'late':
      return lateWakers(calls);
  }
}

/**
 * Those of them that a run of the whole table tries (without --all). The start of a controller is disturbed in every way in the first
 * scenario, and with one fault for each call in the others. A sleeper wakes up after one of the spans.
 */
export function triedPoints(reference: Reference, mode: Mode): readonly Point[] {
  const points = allPoints(reference, mode);
  if (mode === 'late') return inTurn(points, AWAKE_AFTER_MS.length);
  if (mode !== 'single' || reference.scenario === SCENARIOS[0]) return points;
  const start = points.filter(({ atStartUp }) => atStartUp);
  return [...inTurn(start, FAULTS), ...points.filter(({ atStartUp }) => !atStartUp)];
}

/** Of groups that stand one after the other each gives one, another one each time. */
function inTurn(points: readonly Point[], groupSize: number): readonly Point[] {
  return points.filter((_, index) => index % groupSize === Math.floor(index / groupSize) % groupSize);
}
