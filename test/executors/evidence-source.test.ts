import { afterEach, describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/api/http.js';
import { createEvidenceSource } from '../../src/executors/access/evidence-source.js';
import { createClient } from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';

const clock = new VirtualClock();
const sourceOver = (send: (signal: AbortSignal) => Promise<ApiResponse>) => {
  const transport = {
    send: (_: unknown, options: { readonly signal?: AbortSignal } = {}) =>
      send(options.signal ?? new AbortController().signal),
  };
  return createEvidenceSource(createClient({ transport, clock, random: () => 0.5, userAgent: 'test' }), clock, {
    warnings: null,
  });
};

afterEach(() => {
  expect(clock.pending).toBe(0);
});

describe('evidence beside the object', () => {
  it('that may not be read is missing evidence, not an error', async () => {
    const body = JSON.stringify({ kind: 'Status', status: 'Failure', code: 403, reason: 'Forbidden', message: 'no' });
    const source = sourceOver(() => Promise.resolve({ status: 403, headers: {}, body }));
    expect(await source.node('node-1')).toEqual({ ok: false, missing: 'Node node-1: 403 Forbidden' });
    expect(await source.eventsOf('shop', 'uid')).toEqual({ ok: false, missing: 'Events: 403 Forbidden' });
  });

  it('that does not come within 2 s holds nothing up', async () => {
    const source = sourceOver(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
    );
    const reading = source.claim('shop', 'data');
    await settle();
    await clock.advance(2_000);
    expect(await reading).toEqual({ ok: false, missing: 'PersistentVolumeClaim data: no answer in time' });
  });
});
