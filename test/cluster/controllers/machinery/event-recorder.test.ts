import { describe, expect, it } from 'vitest';
import { EventRecorder, type EventStyle } from '../../../../src/cluster/controllers/machinery/event-recorder.js';
import { EVENTS } from '../../../../src/cluster/resource.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { TestClient } from '../test-client.js';
import { aJob } from '../objects.js';

async function recorderOf(style: EventStyle): Promise<{
  client: TestClient;
  clock: VirtualClock;
  recorder: EventRecorder;
  errors: unknown[];
}> {
  const clock = new VirtualClock();
  const client = new TestClient(clock);
  await client.makeNamespace('ns');
  const errors: unknown[] = [];
  const recorder = new EventRecorder(client, clock, { style, onError: (error) => errors.push(error) });
  return { client, clock, recorder, errors };
}

const object = { ...aJob('j'), metadata: { namespace: 'ns', name: 'j', uid: 'u1', resourceVersion: '7' } };
const COUNTED = { form: 'counted', component: 'job-controller' } as const;
const warn = (message: string) => ({ type: 'Warning', reason: 'FailedCreate', message }) as const;

describe('an Event', () => {
  it('has the shape of those that a controller writes', async () => {
    const { client, recorder } = await recorderOf(COUNTED);
    await recorder.record(object, warn('no'));
    const [event] = (await client.list(EVENTS)).items;
    expect(event).toMatchObject({
      involvedObject: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        namespace: 'ns',
        name: 'j',
        uid: 'u1',
        resourceVersion: '7',
      },
      source: { component: 'job-controller' },
      reportingComponent: 'job-controller',
      reportingInstance: '',
      count: 1,
      firstTimestamp: '2026-03-14T03:11:44Z',
      lastTimestamp: '2026-03-14T03:11:44Z',
    });
    expect(event?.metadata.name).toMatch(/^j\.[0-9a-f]{16}$/);
  });

  it('that comes again raises a count, or a series where the component writes those', async () => {
    const counted = await recorderOf(COUNTED);
    const series = await recorderOf({ form: 'series', component: 'default-scheduler', instance: 'one' });
    for (const { recorder, clock } of [counted, series]) {
      await recorder.record(object, warn('no'), 'Scheduling');
      await clock.advance(5_000);
      await recorder.record(object, warn('no'), 'Scheduling');
    }
    const ofCounted = (await counted.client.list(EVENTS)).items;
    expect(ofCounted.map(({ count, lastTimestamp }) => [count, lastTimestamp])).toEqual([[2, '2026-03-14T03:11:49Z']]);
    const ofSeries = (await series.client.list(EVENTS)).items;
    expect(ofSeries.map(({ series: one }) => one)).toEqual([
      { count: 2, lastObservedTime: '2026-03-14T03:11:49.000000Z' },
    ]);
  });

  it('is written anew when the first has expired', async () => {
    const { client, recorder } = await recorderOf(COUNTED);
    await recorder.record(object, warn('no'));
    const [first] = (await client.list(EVENTS)).items;
    await client.delete(EVENTS, { namespace: 'ns', name: first?.metadata.name ?? '' });
    await recorder.record(object, warn('no'));
    expect((await client.list(EVENTS)).items.map(({ count }) => count)).toEqual([1]);
  });

  it('is combined with others that differ in their message only, from the tenth on', async () => {
    const { client, recorder } = await recorderOf(COUNTED);
    for (let index = 1; index <= 12; index += 1) await recorder.record(object, warn(`pods "p${index}" is forbidden`));
    const { items } = await client.list(EVENTS);
    expect(items.map(({ message }) => message).filter((text) => text?.startsWith('(combined') === true)).toHaveLength(
      1,
    );
    expect(items).toHaveLength(10);
    expect(items.at(-1)?.count).toBe(3);
  });

  it('that cannot be written is reported, and stops nobody', async () => {
    const { client, recorder, errors } = await recorderOf(COUNTED);
    client.beforeWrite = () => {
      throw new Error('no room');
    };
    await recorder.record(object, warn('no'));
    expect(errors).toEqual([new Error('no room')]);
  });
});
