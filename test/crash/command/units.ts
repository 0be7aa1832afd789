import { MODES } from '../plan-of-points.js';
import { PAIRED, SCENARIOS } from '../scenarios/index.js';
import type { Unit } from './unit.js';

/** A mode is cut into so many pieces, so that no process has to wait for another at the end. */
const SHARES = { single: 2, stale: 1, two: 1, late: 1, pairs: 8 } as const;

/** The whole table, or one scenario of it; the largest pieces first. `all`: with every point there is. */
export function unitsOf({ only, all }: { readonly only: string | null; readonly all: boolean }): readonly Unit[] {
  const names = SCENARIOS.map(({ name }) => name).filter((name) => only === null || name === only);
  if (names.length === 0) throw new Error(`no scenario is named ${only ?? ''}`);
  return [
    ...names.filter((name) => PAIRED.includes(name)).flatMap((name) => shares({ scenario: name, mode: 'pairs', all })),
    ...names.flatMap((name) => MODES.flatMap((mode) => shares({ scenario: name, mode, all }))),
  ];
}

function shares(piece: Pick<Unit, 'scenario' | 'mode' | 'all'>): readonly Unit[] {
  const ofShares = SHARES[piece.mode];
  return Array.from({ length: ofShares }, (_, share) => ({ ...piece, share, ofShares }));
}
