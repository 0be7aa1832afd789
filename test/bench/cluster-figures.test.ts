import { describe, expect, it } from 'vitest';
import { readCall } from '../../bench/cluster/audit-log.js';
import { countCalls } from '../../bench/cluster/calls.js';
import { isMissed } from '../../bench/cluster/report.js';
import { quantile, transitionsOf } from '../../bench/cluster/transitions.js';

interface Asked {
  readonly verb: string;
  readonly resource: string;
  readonly name?: string;
  readonly agent?: string;
  readonly code?: number;
  readonly second: number;
  readonly mark?: string;
}

/** A line as kube-apiserver 1.35 writes it at level Metadata, without what is not read. The answer takes 100 ms. */
function line({ verb, resource, name, agent = 'lockstep/0.1.0', code = 200, second, mark }: Asked): string {
  const [kind, subresource] = resource.split('/');
  const at = (fraction: string): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.${fraction}Z`;
  return JSON.stringify({
    stage: verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete',
    requestURI: `/api/v1/namespaces/x/${resource}${mark === undefined ? '' : `?fieldManager=${mark}`}`,
    verb,
    userAgent: agent,
    objectRef: { resource: kind, namespace: 'x', name, subresource },
    responseStatus: { code },
    requestReceivedTimestamp: at('000250'),
    stageTimestamp: at('100250'),
  });
}

function calls(...asked: readonly Asked[]): NonNullable<ReturnType<typeof readCall>>[] {
  return asked.map(line).flatMap((text) => readCall(text) ?? []);
}

describe('what is read from the audit log', () => {
  it('counts the controller alone: writes, Events, reads of one object, and what was rejected', () => {
    const counts = countCalls(
      calls(
        { verb: 'create', resource: 'pods', second: 1, code: 201 },
        { verb: 'patch', resource: 'workflowexecutions/status', second: 2, code: 409 },
        { verb: 'create', resource: 'events', second: 3, code: 201 },
        { verb: 'get', resource: 'pods', name: 'a', second: 4 },
        { verb: 'list', resource: 'pods', second: 5 },
        { verb: 'watch', resource: 'pods', second: 6 },
        { verb: 'patch', resource: 'pods/status', second: 7, agent: 'bench-of-lockstep' },
      ),
    );
    expect(counts).toMatchObject({ writes: 2, events: 1, liveReads: 1, rejected: 1 });
    expect(counts.each.get('patch workflowexecutions/status')).toBe(1);
  });

  it('measures from the answer that a pod has succeeded to the arrival of the next create, for each run by itself', () => {
    const agent = 'bench-of-lockstep';
    const ended = (name: string, second: number): Asked => ({
      verb: 'patch',
      resource: 'pods/status',
      name,
      agent,
      second,
      mark: 'bench-terminal',
    });
    const created = (name: string, second: number): Asked => ({
      verb: 'create',
      resource: 'pods',
      name,
      code: 201,
      second,
    });
    const measured = transitionsOf(
      calls(
        created('one-aaaa-a1', 1),
        created('other-run-bbbb-a1', 1),
        ended('one-aaaa-a1', 2),
        created('one-cccc-a1', 4),
        ended('other-run-bbbb-a1', 3),
        created('other-run-dddd-a1', 4),
        ended('one-cccc-a1', 5),
      ),
    );
    expect(measured.map(Math.round)).toEqual([900, 1_900]);
  });

  it('takes no half line, and no stage but the last', () => {
    const whole = line({ verb: 'create', resource: 'pods', second: 1 });
    expect(readCall(whole.slice(0, -9))).toBeNull();
    expect(readCall(whole.replace('ResponseComplete', 'RequestReceived'))).toBeNull();
  });
});

it('a figure for which nothing was measured is missed, and one of zero may be met', () => {
  const figure = { what: 'it', unit: '', wanted: { atMost: 0 } };
  expect(isMissed({ ...figure, measured: quantile([], 0.5) })).toBe(true);
  expect(isMissed({ ...figure, measured: 0 })).toBe(false);
  expect(isMissed({ ...figure, measured: 1 })).toBe(true);
  expect(isMissed({ ...figure, measured: 1, shownOnly: true })).toBe(false);
});
