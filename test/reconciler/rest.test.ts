import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import type { Translator } from '../../src/plan/translator.js';
import type { RunObject } from '../../src/reconciler/access/run-access.js';
import { restsUntil } from '../../src/reconciler/rest.js';
import type { Stored } from '../../src/runtime/index.js';

const HOUR = 3_600_000;
const END = '2026-03-14T03:11:44.031Z';
const SPECS: Readonly<Record<string, JsonObject>> = {
  WorkflowExecution: { steps: [{ name: 'wait', delay: '1s' }] },
  SequentialJob: { containers: [{ name: 'load', image: 'busybox', command: ['true'] }] },
};

interface Over {
  readonly spec?: JsonObject;
  readonly engine?: JsonObject;
  readonly metadata?: Partial<Stored<RunObject>['metadata']>;
}

function over({ spec = { ttlSecondsAfterFinished: 3_600 }, engine = {}, metadata = {} }: Over = {}): Stored<RunObject> {
  return {
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', ...metadata },
    spec,
    status: { engine: { phase: 'Succeeded', finishedAt: END, ...engine } },
  };
}

const [executions] = TRANSLATORS;
const until = (run: Stored<RunObject>, of: Translator = executions): number | null => restsUntil(of, run);

describe('a run that is over and owes nothing', () => {
  it.each(['Succeeded', 'Failed', 'Cancelled'])('W4: rests until its time to live is over: %s', (phase) => {
    expect(until(over({ engine: { phase } }))).toBe(Date.parse(END) + HOUR);
  });

  it('W4: is looked at where it still owes something, or is being deleted', () => {
    expect(until(over({ metadata: { finalizers: ['lockstep.dev/owes'] } }))).toBeNull();
    expect(until(over({ metadata: { deletionTimestamp: END } }))).toBeNull();
  });

  it('W4: rests with the finalizer of somebody else', () => {
    expect(until(over({ metadata: { finalizers: ['example.com/backup'] } }))).toBe(Date.parse(END) + HOUR);
  });

  it.each([
    { phase: 'Running' },
    { phase: 'Blocked' },
    { phase: 'Postponed' },
    { finishedAt: 'soon' },
    { finishedAt: 7 },
  ])('W4: is looked at where its status does not say that it is over, and when: %j', (engine) => {
    expect(until(over({ engine }))).toBeNull();
  });

  it('W4: is looked at where nobody has begun it', () => {
    const { metadata, spec } = over();
    expect(until({ metadata, ...(spec && { spec }) })).toBeNull();
  });

  it('W4: rests for ever where its kind is never deleted', () => {
    const kept = TRANSLATORS.map((translator) => ({ ...translator, ttlMs: () => null }))[0];
    expect(until(over(), kept)).toBe(Infinity);
  });
});

describe.each(TRANSLATORS)('the time to live of a $kind', (translator) => {
  it.each([{}, { ttlSecondsAfterFinished: 0 }, { ttlSecondsAfterFinished: 90 }])('is that of its plan: %j', (ttl) => {
    const spec = { ...SPECS[translator.kind], ...ttl };
    const plan = translator.toPlan(spec);
    expect(plan.ok ? plan.value.ttlMs : plan.problems).toBe(translator.ttlMs(spec));
  });
});
