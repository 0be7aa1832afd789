import { formatInstant, formatSeconds } from '../../../api/instant.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import { type FieldShape, messageShape } from './message-shapes.js';
import { packedVarints, ProtobufError, type WireField, wireFields } from './wire-fields.js';

/**
 * A message as the JSON that Go would write of the struct. Fields that this version does not know are passed over, as Go
 * does. Throws ProtobufError.
 */
export function decodeMessage(bytes: Buffer, name: string): JsonObject {
  const shape = messageShape(name);
  if (shape === undefined) throw new ProtobufError(`there is no message ${name}`);
  const object: Record<string, Json> = {};
  for (const field of wireFields(bytes)) {
    const known = shape.get(field.number);
    if (known === undefined) continue;
    if (known.key === null) Object.assign(object, decodeMessage(bytesOf(field), known.type));
    else addField(object, known.key, { shape: known, field });
  }
  return object;
}

function addField(
  object: Record<string, Json>,
  key: string,
  { shape, field }: { readonly shape: FieldShape; readonly field: WireField },
): void {
  const before = object[key];
  switch (shape.container) {
    case 'list':
      object[key] = [...(before !== undefined && isJsonArray(before) ? before : []), ...itemsOf(field, shape.type)];
      return;
    case 'map':
      object[key] = {
        ...(before !== undefined && isJsonObject(before) ? before : {}),
        ...entryOf(bytesOf(field), shape.type),
      };
      return;
    case 'none': {
      const value = decodeValue(field, shape.type);
      if (!(shape.zeroIsNothing && (value === '' || value === 0 || value === false))) object[key] = value;
    }
  }
}

/** Numbers may come packed into one field. */
function itemsOf(field: WireField, type: string): readonly Json[] {
  if (field.type === 'bytes' && (type === 'int32' || type === 'int64' || type === 'bool'))
    return packedVarints(field.value).map((value) => decodeValue({ number: 0, type: 'varint', value }, type));
  return [decodeValue(field, type)];
}

/** A map is a list of messages: 1 the key, 2 the value. */
function entryOf(bytes: Buffer, type: string): JsonObject {
  const fields = wireFields(bytes);
  const key = fields.find(({ number }) => number === 1);
  const value = fields.find(({ number }) => number === 2) ?? { number: 2, type: 'bytes', value: Buffer.alloc(0) };
  return { [key === undefined ? '' : textOf(key)]: decodeValue(value, type) };
}

function decodeValue(field: WireField, type: string): Json {
  switch (type) {
    case 'string':
      return textOf(field);
    case 'bool':
      return numberOf(field) !== 0;
    case 'int32':
    case 'int64':
      return numberOf(field);
    case 'bytes':
      return bytesOf(field).toString('base64');
    case 'quantity':
      return memberText(bytesOf(field), 1) || '0';
    case 'intOrString':
      return intOrString(bytesOf(field));
    case 'time':
      return time(bytesOf(field), ({ seconds }) => formatSeconds(seconds * 1000));
    case 'microTime':
      return time(bytesOf(field), microTime);
    case 'any':
      return anyValue(bytesOf(field));
    default:
      return decodeMessage(bytesOf(field), type);
  }
}

function numberOf(field: WireField): number {
  if (field.type !== 'varint') throw new ProtobufError(`field ${field.number} should be a number`);
  return Number(field.value);
}

function bytesOf(field: WireField): Buffer {
  if (field.type !== 'bytes') throw new ProtobufError(`field ${field.number} should be bytes`);
  return field.value;
}

function textOf(field: WireField): string {
  return bytesOf(field).toString('utf8');
}

function memberText(bytes: Buffer, number: number): string {
  const member = wireFields(bytes).find((field) => field.number === number);
  return member === undefined ? '' : textOf(member);
}

function memberNumber(bytes: Buffer, number: number): number {
  const member = wireFields(bytes).find((field) => field.number === number);
  return member === undefined ? 0 : numberOf(member);
}

/** k8s.io/apimachinery/pkg/util/intstr: 1 which of them, 2 the number, 3 the text. */
function intOrString(bytes: Buffer): Json {
  return memberNumber(bytes, 1) === 0 ? memberNumber(bytes, 2) : memberText(bytes, 3);
}

/** The end of the year 9999, the last that RFC 3339 can tell. */
const MAX_SECONDS = 253_402_300_799;

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** Nothing in it: the zero time, which is null in JSON. */
function time(bytes: Buffer, format: (timestamp: Timestamp) => string): Json {
  if (bytes.length === 0) return null;
  const seconds = memberNumber(bytes, 1);
  if (Math.abs(seconds) > MAX_SECONDS) throw new ProtobufError(`${seconds} is no time`);
  return format({ seconds, nanos: memberNumber(bytes, 2) });
}

function microTime({ seconds, nanos }: Timestamp): string {
  const micros = Math.floor(nanos / 1000);
  const millis = Math.floor(micros / 1000);
  return `${formatInstant(seconds * 1000 + millis).slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}

/** runtime.RawExtension and FieldsV1: JSON within protobuf. */
function anyValue(bytes: Buffer): Json {
  const text = memberText(bytes, 1);
  try {
    return text === '' ? null : (JSON.parse(text) as Json);
  } catch {
    throw new ProtobufError('a value that should be JSON is none');
  }
}
