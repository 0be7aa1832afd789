import type { AuditedCall } from './audit-log.js';
import { TERMINAL_MARK } from './node.js';

/**
 * From the answer to the patch that made a pod Succeeded to the arrival of the create of the run's next pod, in ms: for
 * each pod but the last of each run, sorted. As the rivals' were measured, from the audit log alone.
 */
export function transitionsOf(calls: readonly AuditedCall[]): readonly number[] {
  const created = new Map<string, number[]>();
  const ended = new Map<string, number[]>();
  for (const { verb, resource, name, uri, code, receivedAt, answeredAt } of calls) {
    if (verb === 'create' && resource === 'pods' && code === 201) push(created, runOf(name), receivedAt);
    if (verb === 'patch' && resource === 'pods/status' && uri.endsWith(TERMINAL_MARK))
      push(ended, runOf(name), answeredAt);
  }
  const all = [...ended].flatMap(([run, ends]) => {
    const [, ...next] = (created.get(run) ?? []).toSorted(ascending);
    const before = ends.toSorted(ascending);
    return next.flatMap((at, index) => {
      const end = before[index];
      return end === undefined ? [] : [at - end];
    });
  });
  return all.toSorted(ascending);
}

/** The value that a part of a sorted list does not exceed; NaN of an empty one. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** A pod is named RUN-HASH-aATTEMPT. */
function runOf(pod: string): string {
  return pod.split('-').slice(0, -2).join('-');
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function ascending(one: number, other: number): number {
  return one - other;
}
