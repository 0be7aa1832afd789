import type { Reference } from './enumerate.js';
import { lateWakers, stalePoints, twoActive } from './modes.js';
import { type Point, singlePoints } from './points.js';

/** The ways to disturb a scenario, each with its points; pairs of crashes come on top of them. */
export const MODES = ['single', 'stale', 'two', 'late'] as const;
export type Mode = (typeof MODES)[number];

/** Of the points of a controller that wakes up late every so many is tried: each call, with one of the spans. */
const LATE_EVERY = 3;

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

/** Those of them that a run of the whole table tries. */
export function triedPoints(reference: Reference, mode: Mode): readonly Point[] {
  const points = allPoints(reference, mode);
  // The spans stand side by side, three for each call and way: another one is taken each time.
  return mode !== 'late' ? points : points.filter((_, index) => index % LATE_EVERY === turn(index) % LATE_EVERY);
}

function turn(index: number): number {
  return Math.floor(index / LATE_EVERY);
}
