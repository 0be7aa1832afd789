import { callsOf, referenceOf, tryPoint } from '../enumerate.js';
import { play } from '../play.js';
import { MODES, allPoints } from '../plan-of-points.js';
import { type Point, crashPoints, secondCrashes } from '../points.js';
import { scenarioNamed } from '../scenarios/index.js';

/** Plays a scenario with one disturbance; what is wrong with it, or null. @throws Error where no point has the label */
export async function replay(scenarioName: string, label: string): Promise<string | null> {
  const reference = await referenceOf(scenarioNamed(scenarioName));
  const point =
    MODES.flatMap((mode) => allPoints(reference, mode)).find((candidate) => candidate.label === label) ??
    (await pairOf());
  if (point === undefined) throw new Error(`scenario ${scenarioName} has no point "${label}"`);
  return (await tryPoint(reference, point))?.why ?? null;

  async function pairOf(): Promise<Point | undefined> {
    const first = crashPoints(reference.calls).find((candidate) => label.startsWith(`${candidate.label}, then `));
    if (first === undefined) return undefined;
    const played = await play(reference.scenario, first.disturbance());
    return secondCrashes(first, callsOf(played, 2)).find((candidate) => candidate.label === label);
  }
}
