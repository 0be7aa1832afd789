import { describe, expect, it } from 'vitest';
import type { ApiServer } from '../../../src/cluster/apiserver/api-server.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';
import { api, startServer } from './server.js';

const MAPS = '/api/v1/namespaces/default/configmaps';

interface Watch {
  readonly events: { readonly type: string; readonly name: string; readonly version: string }[];
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

async function watch(server: ApiServer, query: Record<string, string> = {}): Promise<Watch> {
  const abort = new AbortController();
  const request = { method: 'GET', path: MAPS, query: { watch: 'true', ...query } } as const;
  const { body } = await server.handle(request, { signal: abort.signal });
  const events: Watch['events'] = [];
  const read = async (): Promise<void> => {
    for await (const line of body) {
      const { type, object } = JSON.parse(line) as {
        type: string;
        object: { code?: number; metadata: { name?: string; resourceVersion?: string } };
      };
      const { name = '', resourceVersion = '' } = object.metadata;
      events.push({ type, name: type === 'ERROR' ? String(object.code) : name, version: resourceVersion });
    }
  };
  return {
    events,
    ended: read(),
    stop: () => {
      abort.abort();
    },
  };
}

const create = (server: ApiServer, name: string, labels = {}) =>
  api(server, 'POST', MAPS, { metadata: { name, labels } });
const shown = (watched: Watch): readonly string[] => watched.events.map(({ type, name }) => `${type} ${name}`);

describe('a watch', () => {
  it('begins with what is there, then tells each change in order', async () => {
    const server = startServer();
    await create(server, 'a');
    const watched = await watch(server);
    await create(server, 'b');
    await api(server, 'PATCH', `${MAPS}/a`, { data: { x: 'y' } });
    await api(server, 'DELETE', `${MAPS}/b`);
    await settle();
    expect(shown(watched)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
    watched.stop();
    await watched.ended;
  });

  it('goes on from a version with nothing missing and nothing twice', async () => {
    const server = startServer();
    const { body } = await create(server, 'a');
    await create(server, 'b');
    const watched = await watch(server, {
      resourceVersion: (body['metadata'] as { resourceVersion: string }).resourceVersion,
    });
    await create(server, 'c');
    await settle();
    expect(shown(watched)).toEqual(['ADDED b', 'ADDED c']);
  });

  it('tells an object that comes to match as ADDED, and one that ceases to as DELETED under the new version', async () => {
    const server = startServer();
    const watched = await watch(server, { labelSelector: 'app=x' });
    await create(server, 'a', { app: 'y' });
    await api(server, 'PATCH', `${MAPS}/a`, { metadata: { labels: { app: 'x' } } });
    const { body } = await api(server, 'PATCH', `${MAPS}/a`, { metadata: { labels: { app: 'y' } } });
    await settle();
    expect(shown(watched)).toEqual(['ADDED a', 'DELETED a']);
    expect(watched.events[1]?.version).toBe((body['metadata'] as { resourceVersion: string }).resourceVersion);
  });

  it('answers a version that the history has forgotten with an ERROR event of 410', async () => {
    const server = startServer({ historyLength: 2 });
    for (const name of ['a', 'b', 'c']) await create(server, name);
    const watched = await watch(server, { resourceVersion: '1' });
    await watched.ended;
    expect(shown(watched)).toEqual(['ERROR 410']);
  });

  it('sends bookmarks while asked to, and one at its end', async () => {
    const clock = new VirtualClock();
    const server = startServer({ clock, bookmarkMs: 1_000 });
    const watched = await watch(server, { allowWatchBookmarks: 'true', timeoutSeconds: '2', resourceVersion: '1' });
    await api(server, 'POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } });
    await clock.advance(1_500);
    const version = String(server.revision);
    expect(watched.events.at(-1)).toEqual({ type: 'BOOKMARK', name: '', version });
    await clock.advance(1_000);
    await watched.ended;
    expect(watched.events.filter(({ type }) => type === 'BOOKMARK').length).toBeGreaterThanOrEqual(2);
  });

  it('ends after its timeout, without a bookmark that nobody asked for', async () => {
    const clock = new VirtualClock();
    const watched = await watch(startServer({ clock }), { timeoutSeconds: '2' });
    await clock.advance(2_000);
    await watched.ended;
    expect(watched.events).toEqual([]);
  });

  it('cuts off a reader that is too slow; what it has seen is without a gap, and it can go on from there', async () => {
    const server = startServer({ maxPendingEvents: 3 });
    const abort = new AbortController();
    const { body } = await server.handle(
      { method: 'GET', path: MAPS, query: { watch: 'true' } },
      { signal: abort.signal },
    );
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await create(server, name);
    const versions: string[] = [];
    for await (const line of body)
      versions.push(
        (JSON.parse(line) as { object: { metadata: { resourceVersion: string } } }).object.metadata.resourceVersion,
      );
    expect(versions.length).toBeGreaterThanOrEqual(3);
    expect(versions.length).toBeLessThan(6);
    const rest = await watch(server, { resourceVersion: versions.at(-1) ?? '' });
    await settle();
    expect(versions.length + rest.events.length).toBe(6);
  });

  it('sees nothing of writes that change nothing', async () => {
    const server = startServer();
    await create(server, 'a');
    const watched = await watch(server, { resourceVersion: String(server.revision) });
    const before = server.revision;
    await api(server, 'PATCH', `${MAPS}/a`, { metadata: { labels: {} } });
    await api(server, 'PUT', `${MAPS}/a`, { metadata: { name: 'a' } });
    await settle();
    expect([watched.events, server.revision]).toEqual([[], before]);
  });

  it('refuses initial events', async () => {
    const { code } = await api(startServer(), 'GET', `${MAPS}?watch=true&sendInitialEvents=true`);
    expect(code).toBe(422);
  });
});
