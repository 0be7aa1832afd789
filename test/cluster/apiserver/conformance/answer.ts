import { isJsonArray, isJsonObject, type Json } from '../../../../src/api/json.js';
import type { Exchange } from './exchanges.js';

/** An answer as it is compared: what differs between any two runs is replaced. */
export interface Answer {
  readonly name: string;
  readonly code: number;
  readonly body: Json;
}

/** What earlier exchanges saved, and the versions that objects have had so far. */
export class Variables {
  readonly #values = new Map<string, string>();
  readonly #versions: string[] = [];

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** Versions of objects as numbers in the order in which they are met, so that a write that wrote nothing shows. */
  versionName(version: string): string {
    let index = this.#versions.indexOf(version);
    if (index < 0) index = this.#versions.push(version) - 1;
    return `<version ${index}>`;
  }

  apply(text: string): string {
    return text.replace(/\$([a-z]+)/g, (whole, name: string) => this.#values.get(name) ?? whole);
  }
}

/** Watches and lists: one JSON document a line; anything else that is no JSON stays text. */
export function readAnswer(
  exchange: Exchange,
  received: { readonly code: number; readonly text: string; readonly variables: Variables },
): Answer {
  const { code, text, variables } = received;
  const documents = text.trimEnd().split('\n').map(parse);
  const json = documents.every((document) => document !== undefined) ? documents : undefined;
  const whole =
    json === undefined ? (parse(text) ?? text) : exchange.query?.['watch'] === 'true' ? json : (json[0] ?? '');
  return { name: exchange.name, code, body: normalise(pick(whole, exchange.only), variables) };
}

export function savedVersion(text: string): string {
  const value = parse(text);
  const metadata = isJsonObject(value) ? value['metadata'] : undefined;
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' ? version : '';
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // plain text
  }
}

function pick(value: Json, only: readonly string[] | undefined): Json {
  if (only === undefined) return value;
  const picked: Record<string, Json> = {};
  for (const path of only) {
    let found: Json | undefined = value;
    for (const member of path.split('.')) found = isJsonObject(found) ? found[member] : undefined;
    if (found !== undefined) picked[path] = found;
  }
  return picked;
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

function normalise(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    return value
      .replace(UID, '<uid>')
      .replace(TIME, '<time>')
      .replace(/record \(\d+\)/, 'record (<version>)');
  }
  if (isJsonArray(value)) return value.filter((item) => !isForeign(item)).map((item) => normalise(item, variables));
  if (!isJsonObject(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || name === 'managedFields') continue;
    if (name !== 'resourceVersion') kept[name] = normalise(member, variables);
    // A list's version moves with whatever else happens in a cluster.
    else
      kept[name] =
        value['uid'] === undefined ? '<version>' : variables.versionName(typeof member === 'string' ? member : '');
  }
  return kept;
}

/** What the controllers of a whole cluster put into every namespace. */
function isForeign(value: Json): boolean {
  const object = isJsonObject(value) && isJsonObject(value['object']) ? value['object'] : value;
  const metadata: Json | undefined = isJsonObject(object) ? object['metadata'] : undefined;
  return isJsonObject(metadata) && metadata['name'] === 'kube-root-ca.crt';
}
