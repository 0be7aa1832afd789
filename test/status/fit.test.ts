import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/audit/bounded-data.js';
import { decodeStatus } from '../../src/status/decode.js';
import { encodeStatus } from '../../src/status/encode.js';
import { STATUS_BYTES, fitStatus } from '../../src/status/fit.js';
import type { RunState, TaskState } from '../../src/plan/run-state.js';
import { arbitraryRunState, arbitraryTask, wildText } from '../support/arbitrary-run-state.js';
import { checkSchema, statusSchema } from '../support/check-schema.js';

const schema = statusSchema('crds/workflowexecutions.yaml');
const wild = arbitraryRunState({ text: wildText, tasks: 6, attempts: 8 });

describe('a status that is fitted', () => {
  it('is taken by the CRD whatever clusters and people put into it', () => {
    fc.assert(
      fc.property(wild, (state) => {
        expect(checkSchema(schema, { engine: encodeStatus(fitStatus(state)) })).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('stays as it is when it is fitted again, and is read back as it was written', () => {
    fc.assert(
      fc.property(wild, (state) => {
        const fitted = fitStatus(state);
        expect(fitStatus(fitted)).toEqual(fitted);
        expect(decodeStatus(JSON.parse(JSON.stringify(encodeStatus(fitted))))).toEqual({ ok: true, value: fitted });
      }),
      { numRuns: 25 },
    );
  });

  it('keeps everything that decisions go by', () => {
    fc.assert(
      fc.property(wild, (state) => {
        expect(decisive(fitStatus(state))).toEqual(decisive(state));
      }),
      { numRuns: 25 },
    );
  });

  it('is within its budget even where every one of 80 tasks failed seven times with much to say', () => {
    const big = arbitraryTask({ text: wildText, attempts: 7 });
    const [task] = fc.sample(
      big.filter((candidate) => bytesOf(candidate) > 60_000),
      { numRuns: 1, seed: 7 },
    );
    const [base] = fc.sample(arbitraryRunState({ tasks: 0 }), { numRuns: 1, seed: 7 });
    if (task === undefined || base === undefined) throw new Error('no sample');
    const state = { ...base, tasks: Array.from({ length: 80 }, (_, index) => ({ ...task, name: `t${index}` })) };
    expect(bytesOf(encodeStatus(state))).toBeGreaterThan(10 * STATUS_BYTES);
    expect(bytesOf(encodeStatus(fitStatus(state)))).toBeLessThan(STATUS_BYTES);
  });

  it('keeps the first and the last five attempts and counts the others', () => {
    const attempts = Array.from({ length: 9 }, (_, index) => ended(index + 1));
    const [base] = fc.sample(arbitraryRunState({ tasks: 0 }), 1);
    if (base === undefined) throw new Error('no sample');
    const fitted = fitStatus({ ...base, tasks: [taskWith(attempts)] });
    expect(fitted.tasks[0]?.ended.map((attempt) => attempt.number)).toEqual([1, 5, 6, 7, 8, 9]);
    expect(fitted.tasks[0]?.omitted).toBe(3);
  });

  it('keeps the evidence of the attempt that decided and at most 512 bytes of the others', () => {
    const [base] = fc.sample(arbitraryRunState({ tasks: 0 }), 1);
    if (base === undefined) throw new Error('no sample');
    const fitted = fitStatus({ ...base, tasks: [taskWith([ended(1), ended(2)])] });
    const sizes = fitted.tasks[0]?.ended.map(({ result }) =>
      result.outcome === 'Succeeded' ? 0 : result.verdict.evidence.length,
    );
    expect(sizes).toEqual([1, 4]);
  });
});

/** What decide reads: all but texts and evidence, and attempts that are counted instead of listed. */
function decisive(state: RunState): unknown {
  return {
    ...state,
    reason: null,
    message: null,
    ending: state.ending === null ? null : [state.ending.why, state.ending.at, state.ending.actor.kind],
    actions: state.actions.map(({ uid, verb, result }) => [uid, verb, result]),
    tasks: state.tasks.map((task) => ({
      name: task.name,
      state: task.position.state,
      nextAttemptAt: task.position.state === 'BackingOff' ? task.position.nextAttemptAt : null,
      object: 'attempt' in task.position ? task.position.attempt.object : null,
      outputs: task.position.state === 'Succeeded' ? task.position.outputs : null,
      retriesUsed: task.retriesUsed,
      tries: task.ended.length + task.omitted,
      last: task.ended.at(-1)?.result.outcome,
    })),
  };
}

function taskWith(attempts: TaskState['ended']): TaskState {
  return {
    name: 'drain',
    group: 'main',
    position: { state: 'Failed', endedAt: 0, verdict: null },
    waiting: null,
    retriesUsed: { preExecution: 8, infrastructure: 0, execution: 0 },
    ended: attempts,
    omitted: 0,
  };
}

function ended(number: number): TaskState['ended'][number] {
  const evidence = [1, 2, 3, 4].map((n) => ({
    id: `E${n}`,
    source: 'Pod/web',
    path: '.status',
    value: 'x'.repeat(300),
  }));
  return {
    number,
    executor: 'pod',
    object: null,
    intentAt: 0,
    startedAt: null,
    endsAt: null,
    seen: { started: [], verdict: null },
    finishedAt: 0,
    stop: null,
    result: {
      outcome: 'Failed',
      verdict: {
        reason: 'ImagePull',
        stage: 'PreExecution',
        retryable: true,
        effects: 'None',
        message: 'the image cannot be pulled',
        confidence: 'Certain',
        evidence,
        missing: [],
      },
    },
  };
}
