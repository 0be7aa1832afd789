import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.js';
import { humanDuration } from '../../../src/cluster/apiserver/table/human-duration.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { api, bodyText, startServer, type TestServer } from './server.js';

const TABLE = { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } };
const METADATA = { headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' } };
const MAPS = '/api/v1/namespaces/default/configmaps';

// What cells hold is compared with a real server by test/differential.
describe('a table', () => {
  it('has the columns of the kind, a row for each object, and the metadata of the list', async () => {
    const { server } = await serverWithMaps();
    const { body } = await api(server, 'GET', MAPS, undefined, TABLE);
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: String(server.revision) },
      columnDefinitions: [{ name: 'Name', format: 'name' }, { name: 'Data' }, { name: 'Age' }],
      rows: [
        { cells: ['a', 1, '90s'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } },
        { cells: ['b', 0, '90s'] },
      ],
    });
  });

  it('has pages as lists have', async () => {
    const { server } = await serverWithMaps();
    const { body } = await api(server, 'GET', `${MAPS}?limit=1`, undefined, TABLE);
    expect(body).toMatchObject({ metadata: { remainingItemCount: 1 }, rows: [{ cells: ['a', 1, '90s'] }] });
  });

  it('shows whole objects, or none, where that is asked for', async () => {
    const { server } = await serverWithMaps();
    const whole = await api(server, 'GET', `${MAPS}/a?includeObject=Object`, undefined, TABLE);
    expect(whole.body).toMatchObject({ rows: [{ object: { kind: 'ConfigMap', data: { k: 'v' } } }] });
    const none = await api(server, 'GET', `${MAPS}/a?includeObject=None`, undefined, TABLE);
    expect(none.body).toMatchObject({ rows: [{ cells: ['a', 1, '90s'], object: null }] });
    expect((await api(server, 'GET', `${MAPS}/a?includeObject=Some`, undefined, TABLE)).code).toBe(400);
  });

  it('of a watch tells the columns once', async () => {
    const { server, clock } = await serverWithMaps();
    const response = await server.handle({
      method: 'GET',
      path: MAPS,
      query: { watch: 'true', timeoutSeconds: '1' },
      headers: TABLE.headers,
    });
    const read = bodyText(response);
    await clock.advance(1_000);
    const events = (await read)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly object: { readonly columnDefinitions: Json } });
    expect(events).toHaveLength(2);
    expect(events.map(({ object }) => object.columnDefinitions === null)).toEqual([false, true]);
  });

  it('is no form of an error', async () => {
    const missing = await api(startServer(), 'GET', `${MAPS}/nobody`, undefined, TABLE);
    expect(missing).toMatchObject({ code: 404, body: { kind: 'Status', reason: 'NotFound' } });
  });
});

describe('a metadata-only view', () => {
  it('has nothing but metadata', async () => {
    const { server } = await serverWithMaps();
    const { body } = await api(server, 'GET', MAPS, undefined, METADATA);
    expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(JSON.stringify(body)).not.toContain('"data"');
  });
});

describe('a duration for people', () => {
  const SECOND = 1_000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  // apimachinery pkg/util/duration: duration_test.go
  it.each([
    [SECOND, '1s'],
    [70 * SECOND, '70s'],
    [190 * SECOND, '3m10s'],
    [10 * MINUTE, '10m'],
    [2 * HOUR + 2 * MINUTE, '122m'],
    [4 * HOUR + 1 * MINUTE, '4h1m'],
    [8 * HOUR, '8h'],
    [47 * HOUR, '47h'],
    [49 * HOUR, '2d1h'],
    [8 * DAY + 2 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [2 * 365 * DAY, '2y'],
    [2 * 365 * DAY + 5 * DAY, '2y5d'],
    [8 * 365 * DAY + 5 * DAY, '8y'],
    [-SECOND, '0s'],
    [-5 * SECOND, '<invalid>'],
  ])('%i ms is %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});

async function serverWithMaps(): Promise<{ readonly server: TestServer; readonly clock: VirtualClock }> {
  const clock = new VirtualClock();
  const server = startServer({ clock });
  const maps: readonly JsonObject[] = [{ metadata: { name: 'a' }, data: { k: 'v' } }, { metadata: { name: 'b' } }];
  for (const map of maps) await api(server, 'POST', MAPS, map);
  await clock.advance(90_000);
  return { server, clock };
}
