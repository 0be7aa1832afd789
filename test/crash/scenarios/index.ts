import type { Scenario } from '../scenario.js';
import { BASIC } from './basic.js';
import { BOUNDS } from './bounds.js';
import { INTERFERENCE } from './interference.js';

/** The table: each is disturbed at every point. */
export const SCENARIOS: readonly Scenario[] = [...BASIC, ...BOUNDS, ...INTERFERENCE];

/** @throws Error where none has the name */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`no scenario is named ${name}`);
  return scenario;
}
