import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../../src/api/json.js';
import { applyJsonPatch } from '../../../../src/cluster/apiserver/patch/json-patch.js';
import { applyMergePatch } from '../../../../src/cluster/apiserver/patch/merge-patch.js';
import { applyStrategicMergePatch } from '../../../../src/cluster/apiserver/patch/strategic-merge-patch.js';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const object = fc.dictionary(fc.string({ maxLength: 3 }), json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;

describe('merge patch (RFC 7386)', () => {
  // Appendix A, the rows whose target and patch are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyMergePatch(target, patch)).toEqual(result);
  });

  it('gives the same when applied twice, and leaves no null that it brought', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
        for (const [key, value] of Object.entries(patch)) expect(Object.hasOwn(once, key)).toBe(value !== null);
      }),
    );
  });
});

describe('JSON patch (RFC 6902)', () => {
  it('adds what it then removes, anywhere', () => {
    fc.assert(
      fc.property(object, fc.string(), json, (target, key, value) => {
        fc.pre(!Object.hasOwn(target, key));
        const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const added = applyJsonPatch(target, [{ op: 'add', path, value }]);
        expect(isJsonObject(added) && Object.hasOwn(added, key)).toBe(true);
        expect(
          applyJsonPatch(added, [
            { op: 'test', path, value },
            { op: 'remove', path },
          ]),
        ).toEqual(target);
      }),
    );
  });

  it.each([
    [[{ op: 'remove', path: '/nothing' }]],
    [[{ op: 'add', path: '/list/9', value: 1 }]],
    [[{ op: 'add', path: '/list/01', value: 1 }]],
    [[{ op: 'replace', path: '/a/b', value: 1 }]],
    [[{ op: 'test', path: '/list', value: [2] }]],
    [[{ op: 'move', path: '/x' }]],
    [[{ op: 'add', path: '/x' }]],
    [[{ op: 'frob', path: '/x' }]],
    [[{ path: '/x' }]],
    [['x']],
  ])('refuses %j', (patch) => {
    expect(() => applyJsonPatch({ a: 1, list: [1] }, patch)).toThrow();
  });
});

describe('strategic merge patch', () => {
  it('merges lists by their keys, deletes items, and replaces other lists', () => {
    const pod = {
      metadata: { finalizers: ['a/a', 'b/b'] },
      spec: {
        containers: [
          { name: 'a', image: '1', args: ['x', 'y'], env: [{ name: 'E', value: '1' }] },
          { name: 'b', image: '1' },
        ],
      },
    };
    const patch = {
      metadata: { finalizers: ['c/c'], '$deleteFromPrimitiveList/finalizers': ['a/a'] },
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }],
        containers: [
          { name: 'a', args: ['z'], env: [{ name: 'F', value: '2' }] },
          { name: 'b', $patch: 'delete' },
          { name: 'c', image: '3' },
        ],
      },
    };
    expect(applyStrategicMergePatch(pod, patch)).toEqual({
      metadata: { finalizers: ['b/b', 'c/c'] },
      spec: {
        containers: [
          {
            name: 'a',
            image: '1',
            args: ['z'],
            env: [
              { name: 'E', value: '1' },
              { name: 'F', value: '2' },
            ],
          },
          { name: 'c', image: '3' },
        ],
      },
    });
  });

  it('replaces an object or a list that says so', () => {
    expect(applyStrategicMergePatch({ a: { b: 1 } }, { a: { $patch: 'replace', c: 2 } })).toEqual({ a: { c: 2 } });
    const volumes = { volumes: [{ name: 'a' }] };
    const patch = { volumes: [{ $patch: 'replace' }, { name: 'b' }] };
    expect(applyStrategicMergePatch(volumes, patch)).toEqual({ volumes: [{ name: 'b' }] });
  });

  it('keeps only the keys that it is told to', () => {
    const volume = { volumes: [{ name: 'a', emptyDir: {} }] };
    const patch = { volumes: [{ name: 'a', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] };
    expect(applyStrategicMergePatch(volume, patch)).toEqual({ volumes: [{ name: 'a', secret: { secretName: 's' } }] });
  });
});
