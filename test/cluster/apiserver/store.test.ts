import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../src/cluster/api-object.js';
import { Store } from '../../../src/cluster/apiserver/store.js';

const object = (name: string, value = 0): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'a', uid: name, resourceVersion: '', creationTimestamp: '' },
  value,
});

describe('Store', () => {
  it('counts one revision over all resources', () => {
    const store = new Store({ historyLength: 10 });
    store.put('/configmaps', 'a/x', object('x'));
    store.put('/secrets', 'a/y', object('y'));
    expect(store.remove('/configmaps', 'a/x')?.metadata.resourceVersion).toBe('3');
    expect(store.revision).toBe(3);
  });

  it('lists a namespace in key order, without its neighbours of similar names', () => {
    const store = new Store({ historyLength: 10 });
    for (const key of ['a/y', 'a-b/x', 'ab/x', 'a/x']) store.put('/configmaps', key, object(key));
    expect(store.list('/configmaps', 'a').map((each) => each.metadata.name)).toEqual(['a/x', 'a/y']);
  });

  it('shows every remembered revision as it was, and answers 410 for older ones', () => {
    const write = fc.record({ key: fc.constantFrom('a/x', 'a/y', 'a/z'), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (writes, historyLength) => {
        const store = new Store({ historyLength });
        const past: string[] = [JSON.stringify([])];
        for (const [index, { key, remove }] of writes.entries()) {
          if (remove) store.remove('/configmaps', key);
          else store.put('/configmaps', key, object(key, index));
          past[store.revision] = JSON.stringify(store.list('/configmaps'));
        }
        for (const [revision, list] of past.entries()) {
          if (revision >= store.revision - historyLength)
            expect(JSON.stringify(store.listAt('/configmaps', revision))).toBe(list);
          else expect(() => store.listAt('/configmaps', revision)).toThrow('too old');
        }
      }),
    );
  });

  it('tells what was written after a revision, each once', () => {
    const store = new Store({ historyLength: 10 });
    for (const name of ['x', 'y', 'z']) store.put('/configmaps', `a/${name}`, object(name));
    store.put('/secrets', 'a/s', object('s'));
    expect(store.changesSince('/configmaps', 1).map((change) => change.key)).toEqual(['a/y', 'a/z']);
  });

  it('refuses a change that its log refuses, and keeps what was there', () => {
    const store = new Store({ historyLength: 10 });
    store.put('/configmaps', 'a/x', object('x', 1));
    store.logTo({
      append: () => {
        throw new Error('the disk is full');
      },
    });
    expect(() => store.put('/configmaps', 'a/x', object('x', 2))).toThrow('the disk is full');
    expect(store.get('/configmaps', 'a/x')?.['value']).toBe(1);
    expect(store.revision).toBe(1);
  });
});
