import { describe, expect, it } from 'vitest';
import type { Stored } from '../../src/runtime/index.js';
import { IndexedStore } from '../../src/runtime/store.js';
import { CONFIG_MAPS, type ConfigMap } from './config-maps.js';
import { configMap } from './scripted-api.js';

function stored(name: string, data: Record<string, string>): Stored<ConfigMap> {
  return CONFIG_MAPS.parse(configMap(name, '1', { data }));
}

/** Indexed by the names of its data. */
function setUp(): IndexedStore<ConfigMap> {
  return new IndexedStore({ field: (object) => Object.keys(object.data ?? {}) });
}

describe('an indexed store', () => {
  it('TestMultiIndexKeys: finds an object under each of its values, and under the new ones after a change', () => {
    const store = setUp();
    store.set('shop/a', stored('a', { red: '', blue: '' }));
    store.set('shop/b', stored('b', { blue: '' }));
    expect([...store.keysByIndex('field', 'red')]).toEqual(['shop/a']);
    expect([...store.keysByIndex('field', 'blue')]).toEqual(['shop/a', 'shop/b']);
    store.set('shop/a', stored('a', { green: '' }));
    expect([...store.keysByIndex('field', 'red')]).toEqual([]);
    expect([...store.keysByIndex('field', 'blue')]).toEqual(['shop/b']);
    expect([...store.keysByIndex('field', 'green')]).toEqual(['shop/a']);
  });

  it('TestThreadSafeStoreDeleteRemovesEmptySetsFromIndex: keeps nothing of a value that nobody has any more', () => {
    const store = setUp();
    store.set('shop/a', stored('a', { red: '' }));
    store.delete('shop/a');
    expect(store.indexSize('field')).toBe(0);
    expect(store.size).toBe(0);
  });

  it('TestThreadSafeStoreAddKeepsNonEmptySetPostDeleteFromIndex: keeps the others of a value', () => {
    const store = setUp();
    store.set('shop/a', stored('a', { red: '' }));
    store.set('shop/b', stored('b', { red: '' }));
    store.delete('shop/a');
    expect([...store.keysByIndex('field', 'red')]).toEqual(['shop/b']);
  });

  it('replaces all objects and indices at once', () => {
    const store = setUp();
    store.set('shop/a', stored('a', { red: '' }));
    store.replace(new Map([['shop/b', stored('b', { blue: '' })]]));
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect([...store.keysByIndex('field', 'red')]).toEqual([]);
    expect([...store.keysByIndex('field', 'blue')]).toEqual(['shop/b']);
  });

  it('refuses an index that was not declared, and names those that were', () => {
    expect(() => setUp().keysByIndex('colour', 'red')).toThrow('there is no index "colour"; declared are: field');
  });
});
