import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import { compileSchema } from '../../../src/cluster/schema/structural-schema.js';
import { answerSuites } from './answer-cases.js';
import { listOf, objectOf } from './json-reading.js';

const compile = (spec: JsonObject) => compileSchema({ type: 'object', properties: { spec } }, 'schema');
const schemaOf = (definition: JsonObject): JsonObject => {
  const version = objectOf(listOf(objectOf(definition['spec'])['versions'])[0]);
  return objectOf(objectOf(version['schema'])['openAPIV3Schema']);
};
const handlers = answerSuites.map(({ definition }) => compileSchema(schemaOf(definition), 'schema'));

describe('a structural schema', () => {
  it('leaves an object alone that needs nothing, by identity, so that a no-op can be seen', () => {
    const handler = compile({ type: 'object', properties: { a: { type: 'integer', default: 1 } } });
    const value = { spec: { a: 2 } };
    expect(handler.prune(value).value).toBe(value);
    expect(handler.applyDefaults(value)).toBe(value);
  });

  it('never changes what it is given', () => {
    const handler = compile({ type: 'object', default: {}, properties: { a: { type: 'integer', default: 1 } } });
    const value = Object.freeze({ spec: Object.freeze({ b: 1 }) });
    expect(handler.applyDefaults(handler.prune(value).value)).toEqual({ spec: { a: 1 } });
    expect(value).toEqual({ spec: { b: 1 } });
  });

  it('prunes and defaults at most once, whatever it is given', () => {
    const text = fc.constantFrom('steps', 'name', 'pod', 'spec', 'order', 'retry', 'labels', 'embedded', 'items', 'x');
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>(null, 1, 1.5, true, 'a', '2026-01-01T00:00:00Z'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(...handlers), (spec, handler) => {
        const settle = (value: JsonObject): JsonObject => handler.applyDefaults(handler.prune(value).value);
        const once = settle({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec });
        expect(settle(once)).toBe(once);
        expect(() => handler.validate(once)).not.toThrow();
      }),
    );
  });

  it('does not hold against an update what was wrong before and has not changed', () => {
    const handler = compile({
      type: 'object',
      properties: {
        a: { type: 'string', maxLength: 3 },
        b: { type: 'string' },
        c: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self < 5' }] },
      },
    });
    const old = { spec: { a: 'too long', c: 9 } };
    expect(handler.validate({ spec: { a: 'too long', b: 'new', c: 9 } }, old)).toEqual([]);
    const fields = handler.validate({ spec: { a: 'too long too', c: 9 } }, old).map(({ field }) => field);
    expect(fields).toEqual(['spec.a', '<nil>']);
    expect(handler.validate({ spec: { a: 'too long', c: 8 } }, old)).toHaveLength(1);
  });

  it('takes sets and keyed lists in another order as equal to the old ones', () => {
    const handler = compile({
      type: 'object',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'frozen' }],
      properties: {
        set: { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: { type: 'string', maxLength: 5 } },
        list: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 5 } },
      },
    });
    expect(handler.validate({ spec: { set: ['b', 'a'] } }, { spec: { set: ['a', 'b'] } })).toEqual([]);
    expect(handler.validate({ spec: { list: ['b', 'a'] } }, { spec: { list: ['a', 'b'] } })).toHaveLength(1);
  });

  it('sees with self == oldSelf that a preserved field has changed, which no rule can name', () => {
    const handler = compile({
      type: 'object',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'frozen' }],
      properties: {
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        some: {
          type: 'object',
          properties: { known: { type: 'string' } },
          'x-kubernetes-preserve-unknown-fields': true,
        },
      },
    });
    const old = { spec: { open: { a: { b: [1] } }, some: { known: 'k', other: 1 } } };
    expect(handler.validate({ spec: { open: { a: { b: [1] } }, some: { other: 1, known: 'k' } } }, old)).toEqual([]);
    expect(handler.validate({ spec: { ...old.spec, open: { a: { b: [2] } } } }, old)).toHaveLength(1);
    expect(handler.validate({ spec: { ...old.spec, some: { known: 'k', other: 2 } } }, old)).toHaveLength(1);
  });

  it('refuses a rule with more nested macros than could be afforded', () => {
    const nested = ['a', 'b', 'c', 'd', 'e'].reduceRight((inner, name) => `self.l.all(${name}, ${inner})`, 'true');
    const spec = {
      type: 'object',
      properties: { l: { type: 'array', maxItems: 9, items: { type: 'integer' } } },
      'x-kubernetes-validations': [{ rule: nested }],
    };
    expect(() => compile(spec)).toThrow(/nested more than 4 deep/);
  });

  it('refuses optionalOldSelf rather than ignoring it', () => {
    const rules = [{ rule: 'oldSelf.hasValue()', optionalOldSelf: true }];
    expect(() => compile({ type: 'object', 'x-kubernetes-validations': rules })).toThrow(/optionalOldSelf/);
  });

  it('survives an expression that is nested beyond all reason', () => {
    const rule = `${'('.repeat(1900)}true${')'.repeat(1900)}`;
    const attempt = (): unknown => compile({ type: 'object', 'x-kubernetes-validations': [{ rule }] });
    try {
      expect(isJsonObject(attempt())).toBe(true);
    } catch (error) {
      expect(String(error)).toMatch(/compilation failed/);
    }
  });
});
