import { isJsonArray, isJsonObject, type Json } from '../../src/api/json.js';
import { NORMALISED } from './normalised.js';

/** What came of comparing two answers. */
export interface Comparison {
  readonly compared: number;
  readonly ignored: number;
  readonly differences: readonly string[];
}

/** Compares two answers value by value. */
export function compareAnswers(step: string, real: Json, embedded: Json): Comparison {
  const left = leavesOf(real);
  const right = leavesOf(embedded);
  let compared = 0;
  let ignored = 0;
  const differences: string[] = [];
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    if (NORMALISED.some((each) => each.path.test(path) && (each.step?.test(step) ?? true))) {
      ignored += 1;
      continue;
    }
    compared += 1;
    const [a, b] = [left.get(path), right.get(path)];
    if (a !== b) differences.push(`${path || '(whole)'}: real ${a ?? 'nothing'}, embedded ${b ?? 'nothing'}`);
  }
  return { compared, ignored, differences };
}

/** Each scalar, empty list and empty object by its path. */
function leavesOf(value: Json): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const visit = (at: Json, path: string): void => {
    if (isJsonArray(at) && at.length > 0) {
      for (const [index, item] of at.entries()) visit(item, `${path}[${index}]`);
    } else if (isJsonObject(at) && Object.keys(at).length > 0) {
      for (const [key, member] of Object.entries(at))
        if (member !== undefined) visit(member, path === '' ? key : `${path}.${key}`);
    } else leaves.set(path, JSON.stringify(at));
  };
  visit(value, '');
  return leaves;
}
