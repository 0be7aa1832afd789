import type { Scenario } from '../scenario.js';
import { BASIC } from './basic.js';
import { BOUNDS } from './bounds.js';
import { INTERFERENCE } from './interference.js';
import { SEQUENTIAL } from './sequential.js';

/** The table: each is disturbed at every point. */
export const SCENARIOS: readonly Scenario[] = [...BASIC, ...BOUNDS, ...INTERFERENCE, ...SEQUENTIAL];

/** The shortest: here a second crash follows the first. */
export const PAIRED: readonly string[] = ['two pods in sequence', 'a Job', 'a create that is refused for good'];

/** @throws Error where none has the name */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`no scenario is named ${name}`);
  return scenario;
}
