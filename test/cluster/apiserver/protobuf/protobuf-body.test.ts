import { describe, expect, it } from 'vitest';
import { isJsonArray, isJsonObject, type Json } from '../../../../src/api/json.js';
import { messageNames, messageShape } from '../../../../src/cluster/apiserver/protobuf/message-shapes.js';
import { readProtobuf } from '../../../../src/cluster/apiserver/protobuf/protobuf-body.js';
import { StatusError } from '../../../../src/cluster/status-error.js';
import { structFields } from '../../../../src/cluster/schema/builtin/kind-shapes.js';
import recorded from '../../../fixtures/protobuf-objects.json' with { type: 'json' };
import { SAMPLES } from './sample-objects.js';

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
const first = bytesOf(recorded[0]?.protobuf ?? '');
const refusal = (body: Buffer): unknown => {
  try {
    return readProtobuf(body);
  } catch (error) {
    return error;
  }
};

describe('an object in protobuf', () => {
  it.each(recorded.map(({ json, protobuf }) => [json.kind, json as Json, protobuf] as const))(
    'of kind %s is what a real API server says of it in JSON',
    (_kind, json, protobuf) => {
      expect(withoutNothing(readProtobuf(bytesOf(protobuf)) ?? null)).toEqual(withoutNothing(json));
    },
  );

  it('is recorded of each kind that is read', () => {
    expect(recorded.map(({ path }) => path)).toEqual(SAMPLES.map(({ path }) => path));
  });

  it('of a kind that is none of the built-in ones is not read', () => {
    const envelope = Buffer.from('k8s\0\x0a\x12\x0a\x07a.dev/v\x12\x07Unknown\x12\0', 'latin1');
    expect(readProtobuf(envelope)).toBeUndefined();
  });

  it('that was cut, or is none, is refused with 400', () => {
    expect(refusal(first.subarray(0, first.length - 3))).toMatchObject({ code: 400 });
    expect(refusal(Buffer.from('{"kind":"Namespace"}'))).toMatchObject({
      code: 400,
      message: 'the body of the request is no protobuf of Kubernetes: it does not begin with "k8s" and a zero',
    });
  });

  it('wherever it is cut or damaged is read or refused, and nothing else', () => {
    const strangers = recorded.flatMap(({ protobuf }) => {
      const whole = bytesOf(protobuf);
      const places = Array.from({ length: Math.floor(whole.length / 13) }, (_, index) => 4 + index * 13);
      return places.flatMap((at) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (whole[at] ?? 0) ^ 0xff;
        return [whole.subarray(0, at), damaged].map(refusal).filter((outcome) => outcome instanceof Error);
      });
    });
    expect(strangers.length).toBeGreaterThan(100);
    expect(strangers.filter((error) => !(error instanceof StatusError))).toEqual([]);
  });
});

describe('the shapes of messages', () => {
  it('name the fields and types that the structs of the same name have', () => {
    const both = messageNames().filter((name) => structFields(name) !== undefined);
    expect(both.length).toBeGreaterThan(150);
    for (const name of both) {
      const fields = new Map(fieldsOf(name));
      // The type of an object stands in the envelope.
      const inEnvelope = ([key]: readonly [string, string]): boolean =>
        (key === 'kind' || key === 'apiVersion') && !fields.has(key);
      const struct = [...(structFields(name) ?? [])].filter((field) => !inEnvelope(field));
      expect([name, ...[...fields].map(String).sort()]).toEqual([name, ...struct.map(String).sort()]);
    }
  });
});

/** The fields of a message in JSON, those of embedded messages too, with types as kind-shapes.ts has them. */
function fieldsOf(name: string): readonly (readonly [string, string])[] {
  return [...(messageShape(name)?.values() ?? [])].flatMap(({ key, type, container }) =>
    key === null
      ? fieldsOf(type)
      : [[key, `${type}${{ none: '', list: '[]', map: '{}' }[container]}`] as [string, string]],
  );
}

/** Go writes members of which nothing was said, as null or empty, in protobuf of some and in JSON of others. */
function withoutNothing(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutNothing);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === null || member === undefined ? [] : [[key, withoutNothing(member)]],
    ),
  );
}
