/** One field of a message as it is on the wire: a number, or bytes. 64 bits fixed and groups: no kind has them. */
export type WireField =
  | { readonly number: number; readonly type: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly type: 'bytes'; readonly value: Buffer };

/** The bytes are no protobuf message. */
export class ProtobufError extends Error {}

/** The fields of a message in their order (protobuf.dev/programming-guides/encoding). Throws ProtobufError. */
export function wireFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    const { value, next } = readVarint(bytes, at);
    at = next;
    return value;
  };
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number === 0) throw new ProtobufError('a field has the number 0');
    switch (tag % 8) {
      case 0:
        fields.push({ number, type: 'varint', value: varint() });
        break;
      case 1:
        take(8);
        break;
      case 2:
        fields.push({ number, type: 'bytes', value: take(Number(varint())) });
        break;
      case 5:
        take(4);
        break;
      default:
        throw new ProtobufError(`field ${number} has the unknown wire type ${tag % 8}`);
    }
  }
  return fields;
}

/** The numbers that are packed into one field. Throws ProtobufError. */
export function packedVarints(bytes: Buffer): readonly bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, next } = readVarint(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

const MAX_VARINT_BYTES = 10;

function readVarint(bytes: Buffer, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new ProtobufError('unexpected EOF');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asIntN(64, value), next: start + index + 1 };
  }
  throw new ProtobufError('a number has more than 64 bits');
}
