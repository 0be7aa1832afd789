import recorded from './message-shapes.json' with { type: 'json' };

/** A field of a message. */
export interface FieldShape {
  /** Its name in JSON; null: the members of its message belong to the message that has it (an embedded Go struct). */
  readonly key: string | null;
  /** A message's name, or a scalar as in the builtin schemas' kind-shapes.ts. */
  readonly type: string;
  readonly container: 'none' | 'list' | 'map';
  /** A zero is sent for what was not set, and stands for nothing. */
  readonly zeroIsNothing: boolean;
}

/** The fields of a message by their number. */
export type MessageShape = ReadonlyMap<number, FieldShape>;

/** From the struct tags of k8s.io/api 0.35 (scripts/record-protobuf-messages.mjs): `KEY TYPE`, `?` where zero is nothing. */
const messages: ReadonlyMap<string, MessageShape> = new Map(
  Object.entries(recorded.messages).map(([name, fields]) => [
    name,
    new Map(Object.entries(fields).map(([number, text]) => [Number(number), fieldShape(text)])),
  ]),
);
const kinds: ReadonlyMap<string, string> = new Map(Object.entries(recorded.kinds));

function fieldShape(text: string): FieldShape {
  const [key = '', spelled = ''] = text.split(' ');
  const zeroIsNothing = spelled.endsWith('?');
  const type = zeroIsNothing ? spelled.slice(0, -1) : spelled;
  const container = type.endsWith('[]') ? 'list' : type.endsWith('{}') ? 'map' : 'none';
  return {
    key: key === '...' ? null : key,
    type: container === 'none' ? type : type.slice(0, -2),
    container,
    zeroIsNothing,
  };
}

/** The message of that name; undefined where the type is a scalar. */
export function messageShape(name: string): MessageShape | undefined {
  return messages.get(name);
}

/** The names of all messages. */
export function messageNames(): readonly string[] {
  return [...messages.keys()];
}

/** The name of the message that a kind is sent as; undefined for kinds that are not read in protobuf. */
export function messageOfKind(apiVersion: string, kind: string): string | undefined {
  // Clients give the options of a delete the version of what is deleted.
  return kind === 'DeleteOptions' ? kind : kinds.get(`${apiVersion}/${kind}`);
}
