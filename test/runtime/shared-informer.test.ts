// Names like TestX are those of client-go's tools/cache tests.
import { describe, expect, it } from 'vitest';
import { ConnectionError, type Stored } from '../../src/runtime/index.js';
import { settle } from '../support/virtual-clock.js';
import { CONFIG_MAPS, type ConfigMap } from './config-maps.js';
import { InformerFixture, describeEvent } from './informer-fixture.js';
import { configMap, configMapList, type ScriptedWatch } from './scripted-api.js';

const RESET = new ConnectionError('the connection was closed', { code: 'ECONNRESET', notSent: false });

async function watching(fixture = new InformerFixture()): Promise<{ fixture: InformerFixture; watch: ScriptedWatch }> {
  fixture.api.reply(configMapList('10', [configMap('a', '1'), configMap('b', '2')]));
  const watch = fixture.api.watch();
  await fixture.start();
  return { fixture, watch };
}

function stored(name: string, version: string, more = {}): Stored<ConfigMap> {
  return CONFIG_MAPS.parse(configMap(name, version, more));
}

/** The watch ends with 410 and the collection is listed anew. */
async function relist(
  fixture: InformerFixture,
  watch: ScriptedWatch,
  list: ReturnType<typeof configMapList>,
): Promise<ScriptedWatch> {
  watch.event('ERROR', { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired' });
  fixture.api.reply(list);
  const next = fixture.api.watch();
  await fixture.clock.advance(60_000);
  return next;
}

describe('a shared informer', () => {
  it('TestSharedInformerInitializationRace: a handler has synced only when the first list has been told to it', async () => {
    const fixture = new InformerFixture();
    const syncedWhenTold: boolean[] = [];
    const early = fixture.informer.subscribe(() => {
      syncedWhenTold.push(early.hasSynced);
    });
    expect(fixture.informer.hasSynced).toBe(false);
    await watching(fixture);
    expect(syncedWhenTold).toEqual([false, false]);
    expect(early.hasSynced).toBe(true);
    expect(fixture.informer.hasSynced).toBe(true);
    await fixture.stop();
  });

  it('synced() waits for the first list, and can be given up', async () => {
    const fixture = new InformerFixture();
    const giveUp = new AbortController();
    const given = fixture.informer.synced(giveUp.signal);
    giveUp.abort();
    await expect(given).rejects.toThrow('waiting for the first list of configmaps');
    const waiting = fixture.informer.synced(new AbortController().signal);
    await watching(fixture);
    await waiting;
    await fixture.stop();
  });

  it('TestAddWhileActive: a handler that comes late is told what there is, then the changes', async () => {
    const { fixture, watch } = await watching();
    const told = fixture.follow();
    expect(told).toEqual(['Added a@1 (initial)', 'Added b@2 (initial)']);
    watch.event('MODIFIED', configMap('a', '11'));
    watch.event('ADDED', configMap('c', '12'));
    watch.event('DELETED', configMap('b', '13'));
    await settle();
    expect(told.slice(2)).toEqual(['Changed a@1 -> a@11', 'Added c@12', 'Deleted b@13']);
    await fixture.stop();
  });

  it('TestSharedInformerMultipleRegistration: one list and one watch serve many handlers', async () => {
    const { fixture, watch } = await watching();
    const one = fixture.follow();
    const other = fixture.follow();
    watch.event('DELETED', configMap('a', '11'));
    await settle();
    expect(one).toEqual(other);
    expect(fixture.api.log).toEqual(['list', 'watch@10']);
    await fixture.stop();
  });

  it('TestSharedInformerRemoveHandler, TestRemoveWhileActive: a closed subscription is told nothing more', async () => {
    const { fixture, watch } = await watching();
    const told: string[] = [];
    const subscription = fixture.informer.subscribe((event) => {
      told.push(describeEvent(event));
      if (told.length === 3) subscription.close();
    });
    watch.event('MODIFIED', configMap('a', '11'));
    watch.event('MODIFIED', configMap('a', '12'));
    await settle();
    expect(told).toHaveLength(3);
    await fixture.stop();
  });

  it('TestEventPanics: what a handler throws is reported and keeps nothing from the others', async () => {
    const { fixture, watch } = await watching();
    fixture.informer.subscribe((event) => {
      if (event.type === 'Changed') throw new Error('handler');
    });
    const told = fixture.follow();
    watch.event('MODIFIED', configMap('a', '11'));
    watch.event('MODIFIED', configMap('a', '12'));
    await settle();
    expect(told.slice(2)).toEqual(['Changed a@1 -> a@11', 'Changed a@11 -> a@12']);
    expect(fixture.problems).toEqual(['handler: Error', 'handler: Error']);
    await fixture.stop();
  });

  it('TestSharedInformerWatchDisruption, TestReplaceEvents: a relist tells what was missed, deletions included', async () => {
    const { fixture, watch } = await watching();
    const told = fixture.follow();
    await relist(fixture, watch, configMapList('40', [configMap('a', '30'), configMap('c', '31')]));
    expect(told.slice(2)).toEqual(['Deleted b@2 (unseen)', 'Changed a@1 -> a@30', 'Added c@31']);
    expect(fixture.names).toEqual(['a@30', 'c@31']);
    await fixture.stop();
  });

  it('tells nothing of objects that a relist finds unchanged', async () => {
    const { fixture, watch } = await watching();
    const told = fixture.follow();
    await relist(fixture, watch, configMapList('40', [configMap('a', '1'), configMap('b', '2')]));
    expect(told).toHaveLength(2);
    await fixture.stop();
  });

  it('another UID under the same name is a deletion and an addition', async () => {
    const { fixture, watch } = await watching();
    const told = fixture.follow();
    const again = {
      ...configMap('b', '30'),
      metadata: { namespace: 'shop', name: 'b', uid: 'other', resourceVersion: '30' },
    };
    await relist(fixture, watch, configMapList('40', [configMap('a', '1'), again]));
    expect(told.slice(2)).toEqual(['Deleted b@2 (unseen)', 'Added b@30']);
    await fixture.stop();
  });

  it('TestSharedInformerErrorHandling: keeps its cache while the API server is away, and says what is wrong', async () => {
    const { fixture, watch } = await watching();
    watch.fail(RESET);
    fixture.api.fail(RESET);
    await fixture.clock.advance(800);
    expect(fixture.names).toEqual(['a@1', 'b@2']);
    expect(fixture.problems).toEqual(['watch: NoAnswerError next in 800', 'watch: NoAnswerError next in 1600']);
    await fixture.stop();
  });

  it('TestSharedInformerTransformer: stores what the transform leaves, from list, watch and our own writes', async () => {
    const fixture = new InformerFixture({
      transform: ({ data: _dropped, ...rest }) => ({ ...rest, data: { kept: 'yes' } }),
    });
    fixture.api.reply(configMapList('10', [configMap('a', '1', { data: { big: 'x' } })]));
    const watch = fixture.api.watch();
    await fixture.start();
    watch.event('ADDED', configMap('b', '11', { data: { big: 'x' } }));
    await settle();
    fixture.informer.observe(stored('c', '12', { data: { big: 'x' } }));
    expect(fixture.informer.list().map(({ data }) => data)).toEqual([
      { kept: 'yes' },
      { kept: 'yes' },
      { kept: 'yes' },
    ]);
    await fixture.stop();
  });

  it('transforms each object of a list as it is read: whole ones are never held together', async () => {
    const read: unknown[] = [];
    const fixture = new InformerFixture({
      transform: (object) => {
        read.push(object.metadata.name);
        return object;
      },
    });
    fixture.api.reply({
      ...configMapList('10', [configMap('a', '1')]),
      metadata: { resourceVersion: '10', continue: 'more' },
    });
    await fixture.start();
    // The second page is still to come.
    expect(read).toEqual(['a']);
    expect(fixture.informer.hasSynced).toBe(false);
    await fixture.stop();
  });

  it('mutation_detector: a handler that changes a cached object fails where it does so', async () => {
    const { fixture } = await watching();
    expect(() => Object.assign(fixture.informer.get('shop/a')?.metadata ?? {}, { labels: {} })).toThrow(TypeError);
    await fixture.stop();
  });

  it('fills in kind and apiVersion, which the items of a list lack', async () => {
    const { fixture } = await watching();
    expect(fixture.informer.get('shop/a')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    await fixture.stop();
  });

  it('TestShutdown: runs once, ends when told, and leaves no timer behind', async () => {
    const { fixture } = await watching();
    await expect(fixture.informer.run(new AbortController().signal)).rejects.toThrow('runs already');
    await fixture.stop();
    expect(fixture.clock.pending).toBe(0);
  });
});

describe('what our own write returned (rule C17)', () => {
  it('C17: is read instead of the cache until the watch delivers exactly that version', async () => {
    const { fixture, watch } = await watching();
    fixture.informer.observe(stored('a', '15'));
    watch.event('MODIFIED', configMap('a', '12'));
    await settle();
    expect(fixture.informer.get('shop/a')?.metadata.resourceVersion).toBe('15');
    watch.event('MODIFIED', configMap('a', '15'));
    watch.event('MODIFIED', configMap('a', '16'));
    await settle();
    expect(fixture.informer.get('shop/a')?.metadata.resourceVersion).toBe('16');
    await fixture.stop();
  });

  it('is told as our own when the watch delivers it, be there a later one; what others wrote is not', async () => {
    const { fixture, watch } = await watching();
    const told = fixture.follow();
    told.length = 0;
    fixture.informer.observe(stored('a', '15'));
    fixture.informer.observe(stored('a', '17'));
    for (const version of ['12', '15', '16', '17', '18']) watch.event('MODIFIED', configMap('a', version));
    await settle();
    expect(told).toEqual([
      'Changed a@1 -> a@12',
      'Changed a@12 -> a@15 (own)',
      'Changed a@15 -> a@16',
      'Changed a@16 -> a@17 (own)',
      'Changed a@17 -> a@18',
    ]);
    await fixture.stop();
  });

  it('C17: is ignored when the watch was faster than the answer', async () => {
    const { fixture, watch } = await watching();
    watch.event('MODIFIED', configMap('a', '15'));
    watch.event('MODIFIED', configMap('a', '16'));
    await settle();
    fixture.informer.observe(stored('a', '15'));
    expect(fixture.names).toEqual(['a@16', 'b@2']);
    await fixture.stop();
  });

  it('C17: is ignored when its object has been deleted meanwhile', async () => {
    const { fixture, watch } = await watching();
    watch.event('DELETED', configMap('a', '16'));
    await settle();
    fixture.informer.observe(stored('a', '15'));
    expect(fixture.names).toEqual(['b@2']);
    await fixture.stop();
  });

  it('C17: is gone when the watch delivers the deletion (or that it is no longer selected)', async () => {
    const { fixture, watch } = await watching();
    fixture.informer.observe(stored('a', '15'));
    watch.event('DELETED', configMap('a', '15'));
    await settle();
    expect(fixture.names).toEqual(['b@2']);
    await fixture.stop();
  });

  it('C17: is found by list and index, under its new values only', async () => {
    const fixture = new InformerFixture({ indices: { colour: ({ data }) => [data?.['colour'] ?? 'none'] } });
    fixture.api.reply(configMapList('10', [configMap('a', '1', { data: { colour: 'red' } })]));
    fixture.api.watch();
    await fixture.start();
    fixture.informer.observe(stored('a', '15', { data: { colour: 'blue' } }));
    fixture.informer.observe(stored('new', '16', { data: { colour: 'blue' } }));
    const found = (colour: string): string[] =>
      fixture.informer.byIndex('colour', colour).map(({ metadata }) => metadata.name);
    expect(found('red')).toEqual([]);
    expect(found('blue')).toEqual(['a', 'new']);
    expect(fixture.names).toEqual(['a@15', 'new@16']);
    await fixture.stop();
  });

  it('C17: gives way to a list that began later', async () => {
    const { fixture, watch } = await watching();
    fixture.informer.observe(stored('a', '15'));
    await relist(fixture, watch, configMapList('40', [configMap('a', '30')]));
    expect(fixture.names).toEqual(['a@30']);
    await fixture.stop();
  });

  it('C17: stays above a list that had begun before, until a live read has settled which one is newer', async () => {
    const { fixture, watch } = await watching();
    watch.event('ERROR', { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired' });
    let answerList = (): void => undefined;
    const list = new Promise<void>((resolve) => {
      answerList = resolve;
    });
    fixture.api.answer(async () => {
      await list;
      return {
        status: 200,
        headers: {},
        body: JSON.stringify(configMapList('40', [configMap('a', '30'), configMap('b', '2')])),
      };
    });
    await fixture.clock.advance(800);
    fixture.informer.observe(stored('a', '45'));
    fixture.informer.observe(stored('b', '1'));
    // The live reads of a and b, and the watch, which is opened in the same turn.
    fixture.api.answer(({ path }) => live(path)).answer(({ path }) => live(path));
    const next = fixture.api.watch();
    function live(path: string): { status: number; headers: Record<string, string>; body: string } {
      const object = path.endsWith('/a') ? configMap('a', '46') : configMap('b', '2');
      return { status: 200, headers: {}, body: JSON.stringify(object) };
    }
    answerList();
    await settle();
    expect(fixture.names).toEqual(['a@46', 'b@2']);
    next.event('MODIFIED', configMap('a', '45'));
    await settle();
    expect(fixture.names).toEqual(['a@46', 'b@2']);
    next.event('MODIFIED', configMap('a', '46'));
    next.event('MODIFIED', configMap('a', '47'));
    await settle();
    expect(fixture.names).toEqual(['a@47', 'b@2']);
    await fixture.stop();
  });
});
