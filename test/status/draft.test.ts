import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, isJsonObject } from '../../src/api/json.js';
import { bytesOf } from '../../src/audit/bounded-data.js';
import { decodeStatus } from '../../src/status/decode.js';
import { draftStalled, draftStatus, draftUnreadable } from '../../src/status/draft.js';
import { STATUS_BYTES, fitStatus } from '../../src/status/fit.js';
import { equalJson, mergePatch } from '../../src/status/merge-patch.js';
import { arbitraryRunState, wildText } from '../support/arbitrary-run-state.js';
import { checkSchema, statusSchema } from '../support/check-schema.js';

const schema = statusSchema('crds/workflowexecutions.yaml');
const NOW = Date.UTC(2026, 2, 14, 3, 11, 44, 31);
const own = { phase: 'Running', summary: 'drain (1/2) runs' };
const seen = { uid: 'c0ffee', resourceVersion: '41', generation: 1, status: {} };

describe('the patch of a pass', () => {
  it('makes of any status that was there exactly the next one, which the CRD takes, within the budget', () => {
    const states = arbitraryRunState({ text: wildText });
    fc.assert(
      fc.property(states, states, (before, after) => {
        const first = applied(
          {},
          draftStatus(seen, { state: before, own: { ...own, reason: 'x' }, backlog: null, now: NOW }),
        );
        const patch = draftStatus(
          { ...seen, status: first },
          { state: after, own, backlog: 'disk full', now: NOW + 1 },
        );
        const second = applied(first, patch);
        expect(checkSchema(schema, second)).toEqual([]);
        expect(bytesOf(second)).toBeLessThanOrEqual(STATUS_BYTES);
        expect(decodeStatus(second['engine'])).toEqual({ ok: true, value: fitStatus(after) });
        expect(second['reason']).toBeUndefined();
        expect(second['summary']).toBe(own.summary);
      }),
      { numRuns: 25 },
    );
  });

  it('is null where it would change nothing, however often that is found out', () => {
    fc.assert(
      fc.property(arbitraryRunState({ text: wildText }), (state) => {
        const status = applied({}, draftStatus(seen, { state, own, backlog: null, now: NOW }));
        const again = { state, own, backlog: null, now: NOW + 3_600_000 };
        expect(draftStatus({ ...seen, status }, again)).toBeNull();
        const read = decodeStatus(status['engine']);
        if (!read.ok) throw new Error('unreadable');
        expect(draftStatus({ ...seen, status }, { ...again, state: read.value })).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it('carries the resourceVersion and the UID that it was decided on, and only what changed', () => {
    const [state] = fc.sample(arbitraryRunState(), 1);
    if (state === undefined) throw new Error('no sample');
    const status = applied({}, draftStatus(seen, { state, own, backlog: null, now: NOW }));
    const next = { state: { ...state, suspendedMs: state.suspendedMs + 1 }, own, backlog: null, now: NOW };
    expect(draftStatus({ ...seen, status }, next)).toEqual({
      metadata: { uid: 'c0ffee', resourceVersion: '41' },
      status: { engine: { suspendedMs: state.suspendedMs + 1 } },
    });
  });

  it('says of a status that cannot be read that it cannot, and touches nothing else of it', () => {
    const status = { phase: 'Running', engine: { phase: 'Resting' } };
    const problems = [{ path: 'status.engine.phase', message: 'is not known' }];
    const patch = draftUnreadable({ ...seen, status }, problems, NOW);
    expect(Object.keys(statusOf(patch))).toEqual(['conditions']);
    const after = applied(status, patch);
    expect(after).toMatchObject(status);
    expect(draftUnreadable({ ...seen, status: after }, problems, NOW + 60_000)).toBeNull();
  });

  it('says why a run is left alone', () => {
    const patch = draftStalled(seen, { reason: 'HistoryFork', message: 'event 3 is stored with another hash' }, NOW);
    expect(JSON.stringify(patch)).toContain('"reason":"HistoryFork"');
  });
});

describe('a merge patch', () => {
  const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });

  it('turns one object into the other (members that are null count as absent)', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = mergePatch(asObject(from), asObject(to));
        expect(withoutNulls(merge(asObject(from), patch ?? {}))).toEqual(withoutNulls(asObject(to)));
      }),
    );
  });

  it('removes and adds members that have the name of something every object inherits', () => {
    expect(mergePatch({ a: { toString: '' } }, { a: {} })).toEqual({ a: { toString: null } });
    expect(mergePatch({ a: {} }, { a: { constructor: 1 } })).toEqual({ a: { constructor: 1 } });
  });

  it('is null exactly where both are equal', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(mergePatch(asObject(value), asObject(value))).toBeNull();
        expect(equalJson(value, JSON.parse(JSON.stringify(value)))).toBe(true);
      }),
    );
  });
});

function applied(status: JsonObject, patch: JsonObject | null): JsonObject {
  return asObject(JSON.parse(JSON.stringify(merge(status, statusOf(patch)))));
}

function statusOf(patch: JsonObject | null): JsonObject {
  const status = patch?.['status'];
  return isJsonObject(status) ? status : {};
}

/** RFC 7386, as its section 2 has it. */
function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, isJsonObject(value) ? merge(asObject(result.get(name)), value) : value);
  }
  // Not by assignment: a member may be named __proto__.
  return Object.fromEntries(result);
}

/** Null members of objects, at any depth but within lists, are absent to a merge patch. */
function withoutNulls(value: JsonObject): JsonObject {
  const present = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(
    present.map(([name, member]) => [name, isJsonObject(member) ? withoutNulls(member) : member]),
  );
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
