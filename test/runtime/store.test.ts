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

  it('TestThreadSafeStoreIndexingFunctionsWithMultipleValues: each value of an object leads to it, and no other does', () => {
    const store = setUp();
    const put = (name: string, ...fields: string[]): void => {
      store.set(name, stored(name, Object.fromEntries(fields.map((field) => [field, '']))));
    };
    const index = (): unknown =>
      Object.fromEntries(['foo', 'bar', 'baz'].map((field) => [field, [...store.keysByIndex('field', field)].sort()]));
    put('key1', 'foo');
    put('key2', 'bar');
    put('key2', 'foo', 'bar');
    put('key1', 'foo', 'bar');
    put('key3', 'foo', 'bar', 'baz');
    expect(index()).toEqual({ foo: ['key1', 'key2', 'key3'], bar: ['key1', 'key2', 'key3'], baz: ['key3'] });
    put('key1', 'foo');
    put('key2', 'bar');
    expect(index()).toEqual({ foo: ['key1', 'key3'], bar: ['key2', 'key3'], baz: ['key3'] });
    store.delete('key1');
    expect(index()).toEqual({ foo: ['key3'], bar: ['key2', 'key3'], baz: ['key3'] });
  });

  it('TestCache: gives back what was put last under a key, and nothing of what was deleted', () => {
    const store = setUp();
    store.set('shop/a', stored('a', { red: '' }));
    const newer = stored('a', { blue: '' });
    store.set('shop/a', newer);
    store.set('shop/b', stored('b', {}));
    store.delete('shop/b');
    store.delete('shop/never');
    expect(store.get('shop/a')).toBe(newer);
    expect(store.get('shop/b')).toBeUndefined();
    expect(store.list()).toEqual([newer]);
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
