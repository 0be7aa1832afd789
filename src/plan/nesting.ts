import type { Json } from '../api/json.js';

/** Whether a value holds lists or objects in one another more than `max` deep. Does not recurse itself. */
export function isNestedDeeperThan(value: Json, max: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > max) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? Object.values(each).filter((item) => item !== undefined) : [],
    );
  }
  return false;
}
