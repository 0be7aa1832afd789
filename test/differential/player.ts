import type { ApiRequest, ApiTransport } from '../../src/api/http.js';
import { isJsonArray, isJsonObject, type Json } from '../../src/api/json.js';
import { delay, systemClock } from '../../src/runtime/index.js';
import type { Step } from './step.js';

/** What a server answered, with everything in it that is one server's own replaced by names. */
export interface Played {
  readonly code: number;
  readonly body: Json;
}

/** What controllers do takes long on a machine that has much else to do. */
const PATIENCE_MS = 120_000;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** Plays the steps of the script on one server, one after the other. */
export class Player {
  readonly #transport: ApiTransport;
  readonly #saved = new Map<string, string>();
  /** Versions of objects in the order in which they are met: a write that wrote nothing shows. */
  #versions: string[] | null = [];

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  async play(step: Step): Promise<Played> {
    if (step.versions !== undefined) this.#versions = step.versions === 'anew' ? [] : null;
    const deadline = systemClock.monotonic() + PATIENCE_MS;
    for (;;) {
      const { code, text } = await this.#send(step).catch((error: unknown) => {
        throw new Error(`${step.name}: no answer`, { cause: error });
      });
      if (step.until !== undefined && code !== step.until && systemClock.monotonic() < deadline) {
        await delay(systemClock, 50);
        continue;
      }
      const body = parse(text, step);
      for (const [name, path] of Object.entries(step.save ?? {})) this.#saved.set(name, textAt(body, path));
      return { code, body: this.#named(body) };
    }
  }

  async #send(step: Step): Promise<{ readonly code: number; readonly text: string }> {
    const body = step.text ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
    const request: ApiRequest = {
      method: step.method,
      path: this.#filled(step.path),
      query: Object.fromEntries(Object.entries(step.query ?? {}).map(([name, value]) => [name, this.#filled(value)])),
      headers: { 'content-type': step.type ?? 'application/json', accept: step.accept ?? 'application/json' },
      ...(body === undefined ? {} : { body: this.#filled(body) }),
    };
    const answer = await this.#transport.send(request);
    let text = '';
    if (typeof answer.body === 'string') text = answer.body;
    else for await (const piece of answer.body) text += piece;
    return { code: answer.status, text };
  }

  #filled(text: string): string {
    return text.replace(/\$([a-z][A-Za-z]*)/g, (whole, name: string) => this.#saved.get(name) ?? whole);
  }

  #named(value: Json): Json {
    if (typeof value === 'string') {
      const names = [...this.#saved].filter(([, saved]) => saved.length > 5);
      const named = names.reduce((text, [name, saved]) => text.replaceAll(saved, `<${name}>`), value);
      return named
        .replace(UID, '<uid>')
        .replace(TIME, '<time>')
        .replace(/current: \d+/, 'current: <version>')
        .replace(/(too old resource version: \d+) \(\d+\)/, '$1 (<version>)')
        .replace(/(ResourceVersion in record) \(\d+\)/, '$1 (<version>)');
    }
    if (isJsonArray(value)) return value.filter((item) => !isForeign(item)).map((item) => this.#named(item));
    if (!isJsonObject(value)) return value;
    const shown: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      // A real server checks metadata twice on updates, and says each fault as often; the message has it once.
      if (key === 'causes' && isJsonArray(member)) shown[key] = unique(member.map((cause) => this.#named(cause)));
      else if (key === 'resources' && value['kind'] === 'APIResourceList' && isJsonArray(member))
        shown[key] = inOrderOfNames(member.map((resource) => this.#named(resource)));
      else
        shown[key] =
          key === 'cells' && isJsonArray(member) ? member.map((cell) => this.#cell(cell)) : this.#named(member);
      if (key !== 'resourceVersion' || typeof member !== 'string' || value['uid'] === undefined) continue;
      if (this.#versions !== null) shown['version (by name)'] = versionName(this.#versions, member);
    }
    return shown;
  }

  /** How old something is depends on when it was asked. */
  #cell(cell: Json): Json {
    return typeof cell === 'string' && /^(\d+m)?\d+[ms]$/.test(cell) ? '<age>' : this.#named(cell);
  }
}

function versionName(versions: string[], version: string): number {
  const index = versions.indexOf(version);
  return index >= 0 ? index : versions.push(version) - 1;
}

/** A watch: one document a line. What is no JSON stays text. */
function parse(text: string, step: Step): Json {
  const read = (document: string): Json => {
    try {
      return JSON.parse(document) as Json;
    } catch {
      return document;
    }
  };
  if (step.query?.['watch'] !== 'true') return read(text.trimEnd());
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(read);
}

/** A real server lists the resources of a CRD's group in the order of a Go map: another one after each change of a CRD. */
function inOrderOfNames(resources: readonly Json[]): readonly Json[] {
  return resources.toSorted((one, other) => (textAt(one, 'name') < textAt(other, 'name') ? -1 : 1));
}

function unique(values: readonly Json[]): readonly Json[] {
  const texts = values.map((value) => JSON.stringify(value));
  return values.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}

function textAt(value: Json, path: string): string {
  const found = path.split('.').reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), value);
  return typeof found === 'string' ? found : '';
}

/** What the controllers of a whole cluster put into every namespace. */
function isForeign(value: Json): boolean {
  const object = isJsonObject(value) && isJsonObject(value['object']) ? value['object'] : value;
  const metadata: Json | undefined = isJsonObject(object) ? object['metadata'] : undefined;
  return isJsonObject(metadata) && metadata['name'] === 'kube-root-ca.crt';
}
