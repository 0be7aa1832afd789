import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateFields } from '../../../src/cluster/apiserver/duplicate-fields.js';

describe('duplicateFields', () => {
  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":[{"c":1},{"c":1,"c":2,"c":3}]}}', ['a.b[1].c']],
    ['{"a":{"x":1},"b":{"x":1}}', []],
    [String.raw`{"a":"\"a\":1","b\"":1,"b\"":2}`, [String.raw`b\"`]],
    ['{"a":["a","a"]}', []],
  ])('finds in %s: %j', (text, found) => {
    expect(duplicateFields(text)).toEqual(found);
  });

  it('finds none in what JSON.stringify wrote, however it is spaced', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (text, indent) => {
        expect(duplicateFields(JSON.stringify(JSON.parse(text), undefined, indent))).toEqual([]);
      }),
    );
  });
});
