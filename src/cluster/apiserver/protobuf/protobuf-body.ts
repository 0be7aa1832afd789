import type { JsonObject } from '../../../api/json.js';
import { badRequestError } from '../errors.js';
import { decodeMessage } from './decode-message.js';
import { messageOfKind } from './message-shapes.js';
import { ProtobufError, wireFields } from './wire-fields.js';

/** What Go clients send objects of built-in kinds as, kubectl's `create NAME` among them. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Before each object: k8s.io/apimachinery/pkg/runtime/serializer/protobuf. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

/**
 * The object of a body in protobuf; undefined for a kind that is not read in protobuf, a custom one for example. Throws
 * 400 where the body is none.
 */
export function readProtobuf(body: Buffer): JsonObject | undefined {
  try {
    return readEnvelope(body);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw badRequestError(`the body of the request is no protobuf of Kubernetes: ${error.message}`);
  }
}

/** runtime.Unknown: 1 the type (1 apiVersion, 2 kind), 2 the message. */
function readEnvelope(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new ProtobufError('it does not begin with "k8s" and a zero');
  const envelope = bytesByNumber(body.subarray(MAGIC.length));
  const type = bytesByNumber(envelope.get(1) ?? Buffer.alloc(0));
  const apiVersion = type.get(1)?.toString('utf8') ?? '';
  const kind = type.get(2)?.toString('utf8') ?? '';
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) return undefined;
  return { apiVersion, kind, ...decodeMessage(envelope.get(2) ?? Buffer.alloc(0), message) };
}

function bytesByNumber(message: Buffer): ReadonlyMap<number, Buffer> {
  return new Map(
    wireFields(message).flatMap((field) => (field.type === 'bytes' ? [[field.number, field.value] as const] : [])),
  );
}
