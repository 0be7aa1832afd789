// Names like TestX are those of client-go's tools/cache/reflector_test.go.
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../src/runtime/index.js';
import { settle } from '../support/virtual-clock.js';
import { InformerFixture } from './informer-fixture.js';
import { configMap, configMapList } from './scripted-api.js';

const REFUSED = new ConnectionError('nothing listens', { code: 'ECONNREFUSED', notSent: true });
const RESET = new ConnectionError('the connection was closed', { code: 'ECONNRESET', notSent: false });

/** A fixture that has listed ConfigMap a@1 at version 10 and watches. */
async function watching(): Promise<{ fixture: InformerFixture; watch: ReturnType<InformerFixture['api']['watch']> }> {
  const fixture = new InformerFixture();
  fixture.api.reply(configMapList('10', [configMap('a', '1')]));
  const watch = fixture.api.watch();
  await fixture.start();
  return { fixture, watch };
}

describe('a reflector', () => {
  it('TestReflectorListAndWatch: lists, then follows the changes from the version of the list', async () => {
    const { fixture, watch } = await watching();
    watch.event('ADDED', configMap('b', '11'));
    watch.event('MODIFIED', configMap('a', '12'));
    watch.event('DELETED', configMap('b', '13'));
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    expect(fixture.names).toEqual(['a@12']);
    await fixture.stop();
  });

  it('asks for bookmarks and for an end after 5 to 10 minutes', async () => {
    const { fixture } = await watching();
    expect(fixture.api.requests[1]?.query).toMatchObject({ allowWatchBookmarks: 'true', timeoutSeconds: '300' });
    await fixture.stop();
    const late = new InformerFixture({ random: () => 0.999 });
    late.api.reply(configMapList('10', []));
    late.api.watch();
    await late.start();
    expect(late.api.requests[1]?.query).toMatchObject({ timeoutSeconds: '599' });
    await late.stop();
  });

  it('TestReflectorResourceVersionUpdate: goes on from the last event or bookmark when the server ends the watch', async () => {
    const { fixture, watch } = await watching();
    watch.event('MODIFIED', configMap('a', '12'));
    watch.event('BOOKMARK', { kind: 'ConfigMap', metadata: { resourceVersion: '20' } });
    watch.end();
    fixture.api.watch();
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@20']);
    expect(fixture.problems).toEqual([]);
    await fixture.stop();
  });

  it('TestReflectorWatchListPageSize: lists in pages of 500, all of one version', async () => {
    const fixture = new InformerFixture();
    fixture.api.reply(configMapList('10', [configMap('a', '1')], 'token'));
    fixture.api.reply(configMapList('10', [configMap('b', '2')]));
    fixture.api.watch();
    await fixture.start();
    expect(fixture.api.requests.map(({ query }) => query)).toMatchObject([
      { limit: '500' },
      { limit: '500', continue: 'token' },
      { watch: 'true' },
    ]);
    expect(fixture.names).toEqual(['a@1', 'b@2']);
    await fixture.stop();
  });

  it('TestReflectorFullListIfExpired: lists all at once when the token of a later page has expired', async () => {
    const fixture = new InformerFixture();
    fixture.api.reply(configMapList('10', [configMap('a', '1')], 'token'));
    fixture.api.refuse(410, 'Expired');
    fixture.api.reply(configMapList('30', [configMap('a', '1'), configMap('b', '2')]));
    fixture.api.watch();
    await fixture.start();
    expect(fixture.api.requests[2]?.query).toEqual({});
    expect(fixture.api.log.at(-1)).toBe('watch@30');
    expect(fixture.problems).toEqual([]);
    await fixture.stop();
  });

  it.each([
    [410, 'Expired', {}],
    [410, 'Gone', {}],
    [504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'too large' }] } }],
    [500, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'too large' }] } }],
  ])('TestReflectorFullListIfTooLarge: lists anew when the watch is refused with %i %s', async (code, reason, more) => {
    const { fixture, watch } = await watching();
    watch.end();
    watch.event('BOOKMARK', { metadata: { resourceVersion: '11' } });
    fixture.api.refuse(code, reason, more);
    fixture.api.reply(configMapList('40', [configMap('b', '39')]));
    fixture.api.watch();
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@11']);
    await fixture.clock.advance(800);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@11', 'list', 'watch@40']);
    expect(fixture.names).toEqual(['b@39']);
    await fixture.stop();
  });

  it('TestReflectorExpiredExactResourceVersion: lists anew after an ERROR event 410, not before a backoff', async () => {
    const { fixture, watch } = await watching();
    watch.event('ERROR', { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired', message: 'too old' });
    fixture.api.reply(configMapList('40', []));
    fixture.api.watch();
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    await fixture.clock.advance(800);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'list', 'watch@40']);
    await fixture.stop();
  });

  it('TestNoRelistOnTooManyRequests: waits as long as the server asks, then watches from where it was', async () => {
    const { fixture, watch } = await watching();
    watch.event('BOOKMARK', { metadata: { resourceVersion: '11' } });
    watch.end();
    fixture.api.reply({ kind: 'Status', status: 'Failure', code: 429, reason: 'TooManyRequests' }, 429, {
      'retry-after': '5',
    });
    fixture.api.watch();
    await fixture.clock.advance(4_999);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@11']);
    await fixture.clock.advance(1);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@11', 'watch@11']);
    await fixture.stop();
  });

  it('TestRetryInternalError: watches again from where it was after 500 and 503', async () => {
    const { fixture, watch } = await watching();
    watch.event('ERROR', { kind: 'Status', status: 'Failure', code: 500, reason: 'InternalError' });
    fixture.api.refuse(503, 'ServiceUnavailable');
    fixture.api.watch();
    await fixture.clock.advance(800 + 1_600);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@10', 'watch@10']);
    await fixture.stop();
  });

  it('TestReflectorListAndWatchInitConnBackoff: doubles the wait while it cannot connect, from 0.8 s to 30 s', async () => {
    const fixture = new InformerFixture();
    for (let n = 0; n < 60; n += 1) fixture.api.fail(RESET);
    await fixture.start();
    await fixture.clock.advance(150_000);
    const waits = fixture.problems.map((problem) => Number(problem.split(' ').at(-1)));
    expect(waits).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000, 30_000]);
    await fixture.stop();
  });

  it('starts the backoff anew after two healthy minutes', async () => {
    const { fixture, watch } = await watching();
    watch.fail(RESET);
    const second = fixture.api.watch();
    await fixture.clock.advance(800);
    second.event('BOOKMARK', { metadata: { resourceVersion: '11' } });
    await fixture.clock.advance(121_000);
    second.fail(RESET);
    fixture.api.watch();
    await settle();
    expect(fixture.problems).toEqual(['watch: NoAnswerError next in 800', 'watch: NoAnswerError next in 800']);
    await fixture.stop();
  });

  it('TestCloseWatchChannelOnError: watches from the last event after a reset in the middle, without a list', async () => {
    const { fixture, watch } = await watching();
    watch.event('MODIFIED', configMap('a', '12'));
    watch.piece('{"type":"MODIFIED","object":{"kind":"Conf');
    watch.fail(RESET);
    fixture.api.watch();
    await fixture.clock.advance(800);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@12']);
    expect(fixture.names).toEqual(['a@12']);
    await fixture.stop();
  });

  it('survives an API server that is down for a while', async () => {
    const { fixture, watch } = await watching();
    watch.fail(RESET);
    // Each opening of a watch is tried some times before it fails.
    for (let n = 0; n < 15; n += 1) fixture.api.fail(REFUSED);
    fixture.api.watch();
    await fixture.clock.advanceUntil(() => fixture.api.log.length === 18);
    expect(new Set(fixture.api.log)).toEqual(new Set(['list', 'watch@10']));
    await fixture.stop();
  });

  it('TestWatchTimeout: gives a silent watch up after 150 s, and lists when the next one is silent too', async () => {
    const { fixture } = await watching();
    fixture.api.watch();
    fixture.api.reply(configMapList('50', []));
    fixture.api.watch();
    await fixture.clock.advance(150_000 + 800);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@10']);
    await fixture.clock.advance(150_000 + 1_600);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'watch@10', 'list', 'watch@50']);
    await fixture.stop();
  });

  it('keeps a watch that gets bookmarks', async () => {
    const { fixture, watch } = await watching();
    for (let minute = 1; minute <= 5; minute += 1) {
      await fixture.clock.advance(60_000);
      watch.event('BOOKMARK', { metadata: { resourceVersion: String(10 + minute) } });
    }
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    await fixture.stop();
  });

  it('does not hammer a server that ends every watch at once', async () => {
    const { fixture, watch } = await watching();
    watch.end();
    fixture.api.watch().end();
    fixture.api.watch();
    await settle();
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    expect(fixture.problems).toEqual(['watch: ShortWatchError next in 800']);
    await fixture.stop();
  });

  it('lists anew when the stream makes no sense', async () => {
    const { fixture, watch } = await watching();
    watch.piece('<html>proxy</html>\n');
    fixture.api.reply(configMapList('50', []));
    fixture.api.watch();
    await fixture.clock.advance(800);
    expect(fixture.api.log).toEqual(['list', 'watch@10', 'list', 'watch@50']);
    await fixture.stop();
  });

  it('TestReflectorStopWatch: sends nothing after it was stopped, also while it waits', async () => {
    const { fixture, watch } = await watching();
    watch.fail(RESET);
    await settle();
    await fixture.stop();
    await fixture.clock.advance(100_000);
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    expect(fixture.clock.pending).toBe(0);
  });
});
