// Names like TestX are those of client-go's tools/cache/shared_informer_test.go and controller_test.go.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settle } from '../support/virtual-clock.js';
import { InformerFixture } from './informer-fixture.js';
import { configMap, configMapList } from './scripted-api.js';

it('TestSharedInformerStartRace: a handler that subscribes while the first list is read is told everything once', async () => {
  const fixture = new InformerFixture();
  const before = fixture.follow();
  fixture.api.reply(configMapList('10', [configMap('a', '1')]));
  const watch = fixture.api.watch();
  const started = fixture.start();
  const meanwhile = fixture.follow();
  await started;
  const after = fixture.follow();
  watch.event('ADDED', configMap('b', '11'));
  await settle();
  for (const told of [before, meanwhile, after]) expect(told).toEqual(['Added a@1 (initial)', 'Added b@11']);
  await fixture.stop();
});

it('TestAddOnStoppedSharedInformer, TestRemoveOnStoppedSharedInformer: what it knew can still be read', async () => {
  const fixture = new InformerFixture();
  fixture.api.reply(configMapList('10', [configMap('a', '1')]));
  fixture.api.watch();
  await fixture.start();
  await fixture.stop();
  expect(fixture.follow()).toEqual(['Added a@1 (initial)']);
  const subscription = fixture.informer.subscribe(() => undefined);
  subscription.close();
  subscription.close();
  expect(fixture.names).toEqual(['a@1']);
});

it('TestHammerController: after any changes every handler has seen each object come, change and go in that order', async () => {
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), deletes: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 60 }), async (changes) => {
      const fixture = new InformerFixture();
      fixture.api.reply(configMapList('10', []));
      const watch = fixture.api.watch();
      await fixture.start();
      const told = fixture.follow();
      const server = new Map<string, string>();
      const expected: string[] = [];
      changes.forEach(({ name, deletes }, index) => {
        const version = String(11 + index);
        const old = server.get(name);
        if (deletes && old === undefined) return;
        if (deletes) server.delete(name);
        else server.set(name, version);
        const type = deletes ? 'DELETED' : old === undefined ? 'ADDED' : 'MODIFIED';
        watch.event(type, configMap(name, version));
        if (deletes) expected.push(`Deleted ${name}@${version}`);
        else if (old === undefined) expected.push(`Added ${name}@${version}`);
        else expected.push(`Changed ${name}@${old} -> ${name}@${version}`);
      });
      await settle();
      expect(told).toEqual(expected);
      expect(new Set(fixture.names)).toEqual(new Set([...server].map(([name, version]) => `${name}@${version}`)));
      await fixture.stop();
    }),
    { numRuns: 50 },
  );
});
