import { describe, expect, it } from 'vitest';
import { EVENTS, createClient, createEventRecorder, type RecordedEvent } from '../../src/runtime/index.js';
import { VIRTUAL_START, VirtualClock } from '../support/virtual-clock.js';
import type { ApiResponse, ApiTransport } from '../../src/api/http.js';
import { api, startServer } from '../cluster/apiserver/server.js';
import { until } from './drive.js';
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
  const clock = new VirtualClock();
  const client = createClient({ transport: api, clock, random: () => 0, userAgent: 'test' });
  return { api, clock, recorder: createEventRecorder({ client, clock, component: 'lockstep' }) };
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
    api.reply(STORED, 201);
    await recorder.record(EVENT);
    await recorder.record(EVENT);
    const restarted = setUp();
    restarted.api.refuse(409, 'AlreadyExists').reply(STORED, 201);
    await restarted.recorder.record(EVENT);
    await restarted.recorder.record({ ...EVENT, id: '2', message: 'another' });
    const [first, again, other] = [...sent(api), ...sent(restarted.api)].map(({ metadata }) => metadata.name);
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

/** What happened: `n` tells one from another. */
function failed(n: number, more: Partial<RecordedEvent> = {}): RecordedEvent {
  const at = VIRTUAL_START + n * 1_000;
  return { ...EVENT, type: 'Warning', reason: 'ImagePull', message: 'no such image', at, id: `${n}`, ...more };
}

/** Method, name and the fields that change, of each request. */
function writes(api: ScriptedApi) {
  return api.requests.map(({ method, path, body = '' }) => {
    const { metadata, count, message } = JSON.parse(body) as {
      metadata?: { name: string };
      count: number;
      message: string;
    };
    return { method, name: metadata?.name ?? path.split('/').at(-1), count, message };
  });
}

describe('client-go: TestEventCorrelator', () => {
  it('the-same-event-should-just-count: in the Event that there is, with the last time and the first', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201).reply(STORED);
    await recorder.record(failed(1));
    await recorder.record(failed(2));
    const [created, counted] = writes(api);
    expect(created).toMatchObject({ method: 'POST', count: 1 });
    expect(counted).toEqual({ ...created, method: 'PATCH', count: 2 });
    expect(api.requests[1]).toMatchObject({
      path: `/api/v1/namespaces/shop/events/${created?.name ?? ''}`,
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(sent(api)[1]).toEqual({ count: 2, message: 'no such image', lastTimestamp: '2026-03-14T03:11:46Z' });
  });

  it('what is the same is for the caller to say: the last message is shown', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201).reply(STORED);
    await recorder.record(failed(1, { message: 'attempt 1: no such image', sameAs: 'no such image' }));
    await recorder.record(failed(2, { message: 'attempt 2: no such image', sameAs: 'no such image' }));
    expect(writes(api)[1]).toMatchObject({ method: 'PATCH', count: 2, message: 'attempt 2: no such image' });
  });

  it.each([
    ['reason', { reason: 'Unschedulable' }],
    ['type', { type: 'Normal' as const }],
    ['message', { message: 'something else' }],
    ['subject', { subject: { ...SUBJECT, uid: 'u-2' } }],
  ])('create-many-unique-events: another %s is another Event', async (_, more) => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201).reply(STORED, 201);
    await recorder.record(failed(1));
    await recorder.record(failed(2, more));
    expect(writes(api).map(({ method, count }) => [method, count])).toEqual([
      ['POST', 1],
      ['POST', 1],
    ]);
  });

  it('similar-events-should-aggregate-event: from the tenth message within ten minutes on, one tells of all', async () => {
    const { api, recorder } = setUp();
    for (let n = 1; n <= 12; n += 1) api.reply(STORED, n <= 10 ? 201 : 200);
    for (let n = 1; n <= 12; n += 1) await recorder.record(failed(n, { message: `pod ${n} is gone` }));
    const all = writes(api);
    expect(all.slice(0, 10).every(({ method, count }) => method === 'POST' && count === 1)).toBe(true);
    expect(all[9]?.message).toBe('(combined from similar events): pod 10 is gone');
    expect(all.slice(10)).toEqual([
      { ...all[9], method: 'PATCH', count: 2, message: '(combined from similar events): pod 11 is gone' },
      { ...all[9], method: 'PATCH', count: 3, message: '(combined from similar events): pod 12 is gone' },
    ]);
  });

  it('similar-events-whose-interval-is-greater-than-aggregate-interval-do-not-aggregate', async () => {
    const { api, clock, recorder } = setUp();
    for (let n = 1; n <= 12; n += 1) api.reply(STORED, 201);
    for (let n = 1; n <= 9; n += 1) await recorder.record(failed(n, { message: `pod ${n} is gone` }));
    await clock.advance(600_001);
    for (let n = 10; n <= 12; n += 1) await recorder.record(failed(n, { message: `pod ${n} is gone` }));
    expect(writes(api).at(-1)).toMatchObject({ method: 'POST', message: 'pod 12 is gone' });
  });

  it('the-same-event-is-spam-if-happens-too-frequently: 25 writes at once, then one each five minutes, with the whole count', async () => {
    const { api, clock, recorder } = setUp();
    for (let n = 1; n <= 26; n += 1) api.reply(STORED, n === 1 ? 201 : 200);
    for (let n = 1; n <= 40; n += 1) await recorder.record(failed(n));
    expect(api.requests).toHaveLength(25);
    await clock.advance(300_000);
    await recorder.record(failed(41));
    await recorder.record(failed(42));
    expect(writes(api).slice(25)).toMatchObject([{ method: 'PATCH', count: 41 }]);
  });

  it('TestEventSpamFilter: one subject does not silence another', async () => {
    const { api, recorder } = setUp();
    for (let n = 1; n <= 26; n += 1) api.reply(STORED, 201);
    for (let n = 1; n <= 40; n += 1) await recorder.record(failed(n, { reason: `Reason${n}` }));
    await recorder.record(failed(41, { subject: { ...SUBJECT, uid: 'u-2', name: 'other' } }));
    expect(writes(api).at(-1)?.name).toMatch(/^other\./);
  });
});

describe('client-go: event_test', () => {
  it('TestUpdateExpiredEvent: an Event that is gone is made anew, with the count that it had', async () => {
    const { api, recorder } = setUp();
    api.reply(STORED, 201).refuse(404, 'NotFound').reply(STORED, 201).reply(STORED);
    for (const n of [1, 2, 3]) await recorder.record(failed(n));
    const [first, , anew, counted] = writes(api);
    expect(anew).toMatchObject({ method: 'POST', count: 2 });
    expect(anew?.name).not.toBe(first?.name);
    expect(counted).toMatchObject({ method: 'PATCH', count: 3, name: anew?.name });
  });

  it('TestWriteEventError: an Event that could not be created is created with the next, and counts both', async () => {
    const { api, recorder } = setUp();
    api.refuse(403, 'Forbidden').reply(STORED, 201);
    await expect(recorder.record(failed(1))).rejects.toMatchObject({ code: 403 });
    await recorder.record(failed(2));
    expect(writes(api)[1]).toMatchObject({ method: 'POST', count: 2 });
  });

  it('TestLotsOfEvents: what comes while the first is under way follows it, in one write', async () => {
    const { api, recorder } = setUp();
    let answerFirst = (): void => undefined;
    const created = new Promise<ApiResponse>((resolve) => {
      answerFirst = () => {
        resolve({ status: 201, headers: {}, body: JSON.stringify(STORED) });
      };
    });
    api.answer(() => created).reply(STORED);
    const first = recorder.record(failed(1));
    await until(() => api.requests.length === 1);
    const others = [2, 3, 4].map((n) => recorder.record(failed(n)));
    answerFirst();
    await Promise.all([first, ...others]);
    expect(writes(api)).toMatchObject([
      { method: 'POST', count: 1 },
      { method: 'PATCH', count: 4 },
    ]);
  });
});

it('an API server takes both writes: one Event, counted twice', async () => {
  const clock = new VirtualClock();
  const server = startServer({ clock });
  await api(server, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const transport: ApiTransport = { send: (request) => server.handle(request) };
  const client = createClient({ transport, clock, random: () => 0, userAgent: 'test' });
  const recorder = createEventRecorder({ client, clock, component: 'lockstep' });
  await recorder.record(failed(1));
  await recorder.record(failed(2));
  const { items } = await client.list(EVENTS, { namespace: 'shop' });
  expect(items).toMatchObject([{ count: 2, type: 'Warning', reason: 'ImagePull', involvedObject: { uid: 'u-1' } }]);
});
