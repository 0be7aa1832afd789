import { createHash } from 'node:crypto';
import type { ApiResponse } from '../../../api/http.js';
import type { JsonObject } from '../../../api/json.js';
import type { BuiltinDefinitions } from '../../schema-port.js';
import { jsonAnswer, jsonTextAnswer } from '../answers.js';
import { groupVersionPath, type KindInfo, type KindTable } from '../kinds.js';
import { openapiV2 } from './openapi-v2.js';
import { openapiV3 } from './openapi-v3.js';

interface Document {
  /** The kinds that it was made of. */
  readonly made: string;
  readonly text: string;
  /** Of the text: clients keep what they have fetched under it. */
  readonly hash: string;
}

const NOTHING: BuiltinDefinitions = { schemas: {}, nameOf: () => undefined };

/** The OpenAPI documents of what is served, made when they are asked for and kept until the kinds change. */
export class OpenapiDocuments {
  readonly #kinds: KindTable;
  readonly #builtin: () => BuiltinDefinitions;
  readonly #documents = new Map<string, Document>();

  constructor(kinds: KindTable, builtin: (() => BuiltinDefinitions) | undefined) {
    this.#kinds = kinds;
    this.#builtin = builtin ?? (() => NOTHING);
  }

  /** Answers `/openapi/v2`, `/openapi/v3` and what is below it; undefined: not found. */
  answer(path: string): ApiResponse | undefined {
    if (path === '/openapi/v2') {
      const all = this.#kinds.all();
      return jsonTextAnswer(200, this.#document('v2', all, () => openapiV2(all, this.#builtin())).text);
    }
    const byPath = this.#byPath();
    if (path === '/openapi/v3') {
      const paths = [...byPath].map(([place, kinds]): [string, JsonObject] => [
        place,
        { serverRelativeURL: `/openapi/v3/${place}?hash=${this.#v3(place, kinds).hash}` },
      ]);
      return jsonAnswer(200, { paths: Object.fromEntries(paths) });
    }
    const place = path.replace(/^\/openapi\/v3\//, '');
    const kinds = byPath.get(place);
    return kinds && jsonTextAnswer(200, this.#v3(place, kinds).text);
  }

  /** `api/v1`, `apis/batch/v1`, … */
  #byPath(): ReadonlyMap<string, readonly KindInfo[]> {
    const byPath = new Map<string, KindInfo[]>();
    for (const kind of this.#kinds.all()) {
      const place = groupVersionPath(kind).slice(1);
      const kinds = byPath.get(place) ?? [];
      byPath.set(place, kinds);
      kinds.push(kind);
    }
    return byPath;
  }

  #v3(place: string, kinds: readonly KindInfo[]): Document {
    return this.#document(place, kinds, () => openapiV3(kinds, this.#builtin()));
  }

  #document(key: string, kinds: readonly KindInfo[], make: () => unknown): Document {
    const made = kinds.map((kind) => `${kind.group}/${kind.version}/${kind.plural}@${kind.since}`).join(' ');
    const known = this.#documents.get(key);
    if (known?.made === made) return known;
    const text = JSON.stringify(make());
    const document = { made, text, hash: createHash('sha256').update(text).digest('hex').toUpperCase() };
    this.#documents.set(key, document);
    return document;
  }
}
