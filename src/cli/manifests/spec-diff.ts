import { type Json, isJsonObject } from '../../api/json.js';

/** Where two JSON values differ: a line for each place, `path: old → new`. */
export function specDiff(before: Json | undefined, after: Json | undefined, path = 'spec'): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => specDiff(before[key], after[key], `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      specDiff(before[index] as Json | undefined, after[index] as Json | undefined, `${path}[${index}]`),
    ).flat();
  }
  return [`${path}: ${shown(before)} → ${shown(after)}`];
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '(absent)';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
