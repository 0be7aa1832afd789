import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEngine, decodeStatus } from '../../src/status/decode.js';
import { encodeStatus } from '../../src/status/encode.js';
import { arbitraryRunState } from '../support/arbitrary-run-state.js';

describe('the wire form of a run', () => {
  it('is read back as the state that was written, after JSON carried it', () => {
    fc.assert(
      fc.property(arbitraryRunState(), (state) => {
        const carried: unknown = JSON.parse(JSON.stringify(encodeStatus(state)));
        expect(decodeStatus(carried)).toEqual({ ok: true, value: state });
      }),
    );
  });

  it('is null before anything was written', () => {
    expect(decodeEngine(undefined)).toEqual({ ok: true, value: null });
  });
});

describe('a status that this version cannot read', () => {
  const sample = (): object => {
    const [state] = fc.sample(arbitraryRunState({ tasks: 0 }), 1);
    return state === undefined ? {} : encodeStatus(state);
  };
  const attempts = [{ number: 1, executor: 'pod', intentAt: '2026-01-01T00:00:00.000Z' }];
  const task = {
    name: 'drain',
    group: 'main',
    state: 'Waiting',
    retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
    attempts: [],
  };

  it.each([
    ['an unknown phase', { phase: 'Resting' }, 'status.engine.phase', '"Resting" is not known to this version'],
    ['a later plan version', { planVersion: 2 }, 'status.engine.planVersion', 'plan version 2 is not known'],
    ['an unknown state of a task', { tasks: [{ ...task, state: 'Paused' }] }, 'status.engine.tasks[0].state', 'Paused'],
    [
      'a running task without an attempt',
      { tasks: [{ ...task, state: 'Running' }] },
      'status.engine.tasks[0].attempts',
      'no attempt lives',
    ],
    [
      'a waiting task with a live attempt',
      { tasks: [{ ...task, attempts }] },
      'status.engine.tasks[0].attempts[0]',
      'no outcome',
    ],
    ['an instant that is none', { acceptedAt: 'yesterday' }, 'status.engine.acceptedAt', 'is not an instant'],
    ['no audit', { audit: undefined }, 'status.engine.audit', 'is not an object'],
  ])('names where it stopped: %s', (_what, change, path, message) => {
    const checked = decodeStatus({ ...sample(), ...change });
    expect(checked).toEqual({ ok: false, problems: [{ path, message: expect.stringContaining(message) as string }] });
  });
});
