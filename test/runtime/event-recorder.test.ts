import { describe, expect, it } from 'vitest';
import { createClient, createEventRecorder, type RecordedEvent } from '../../src/runtime/index.js';
import { VIRTUAL_START, VirtualClock } from '../support/virtual-clock.js';
import { ScriptedApi } from './scripted-api.js';

const SUBJECT = {
  apiVersion: 'lockstep.dev/v1alpha1',
  kind: 'WorkflowExecution',
  namespace: 'shop',
  name: 'restart-web',
  uid: 'u-1',
};
const EVENT: RecordedEvent = {
  subject: SUBJECT,
  type: 'Normal',
  reason: 'Started',
  message: 'runs',
  at: VIRTUAL_START,
  id: '1',
};

function setUp() {
  const api = new ScriptedApi();
  const client = createClient({ transport: api, clock: new VirtualClock(), random: () => 0, userAgent: 'test' });
  return { api, recorder: createEventRecorder(client, 'lockstep') };
}

function sent(api: ScriptedApi): { metadata: { name: string; namespace: string }; [field: string]: unknown }[] {
  return api.requests.map(({ body = '' }) => JSON.parse(body) as ReturnType<typeof sent>[number]);
}

const STORED = { kind: 'Event', metadata: { name: 'e', uid: 'u', resourceVersion: '1' } };

describe('an event recorder', () => {
  it('creates a core/v1 Event about its subject', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201);
    await recorder.record(EVENT);
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/api/v1/namespaces/shop/events' });
    expect(sent(api)[0]).toMatchObject({
      involvedObject: SUBJECT,
      type: 'Normal',
      reason: 'Started',
      message: 'runs',
      count: 1,
      firstTimestamp: '2026-03-14T03:11:44Z',
      lastTimestamp: '2026-03-14T03:11:44Z',
      source: { component: 'lockstep' },
    });
  });

  it('gives the same event the same name, so that recording it again does nothing', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201).refuse(409, 'AlreadyExists').reply(STORED, 201);
    await recorder.record(EVENT);
    await recorder.record(EVENT);
    await recorder.record({ ...EVENT, id: '2' });
    const [first, again, other] = sent(api).map(({ metadata }) => metadata.name);
    expect(first).toMatch(/^restart-web\.[0-9a-f]{20}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('tells every other refusal', async () => {
    const { api, recorder } = setUp();
    api.refuse(403, 'Forbidden');
    await expect(recorder.record(EVENT)).rejects.toMatchObject({ code: 403 });
  });

  it('keeps the limits of the API server: 1024 bytes of message, 253 characters of name', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201);
    const subject = { ...SUBJECT, name: 'n'.repeat(253) };
    await recorder.record({ ...EVENT, subject, message: 'ü'.repeat(1_000) });
    const [event] = sent(api);
    expect(event?.metadata.name).toHaveLength(253);
    expect(Buffer.byteLength(String(event?.['message']))).toBeLessThanOrEqual(1_024);
    expect(String(event?.['message'])).toMatch(/ü…$/);
  });

  it('puts events of cluster-scoped objects into the namespace default', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201);
    await recorder.record({ ...EVENT, subject: { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u' } });
    expect(sent(api)[0]?.metadata.namespace).toBe('default');
    expect(sent(api)[0]?.['involvedObject']).not.toHaveProperty('namespace');
  });
});
