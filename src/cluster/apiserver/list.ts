import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { StatusError } from '../status-error.js';
import { badRequestError, tooLargeVersionError } from './errors.js';
import type { FieldSelector } from './field-selector.js';
import { parseFieldSelector } from './field-selector.js';
import type { KindInfo } from './kinds.js';
import { objectKey, storageKey } from './kinds.js';
import type { LabelSelector } from './label-selector.js';
import { parseLabelSelector } from './label-selector.js';
import type { ListOptions } from './query.js';
import type { Store } from './store.js';

export interface Collection {
  readonly kind: KindInfo;
  /** '' for all. */
  readonly namespace: string;
}

export interface ListPage {
  readonly items: readonly ApiObject[];
  readonly revision: number;
  /** '' on the last page. */
  readonly continueToken: string;
  readonly remaining?: number;
}

export interface Selector {
  matches(object: ApiObject): boolean;
  readonly name?: string;
}

export function parseSelector(
  options: { readonly labelSelector?: string; readonly fieldSelector?: string },
  kind: KindInfo,
): Selector {
  const labels: LabelSelector = parseLabelSelector(options.labelSelector ?? '');
  const fields: FieldSelector = parseFieldSelector(options.fieldSelector ?? '', kind);
  return {
    matches: (object) => labels(object.metadata.labels ?? {}) && fields.matches(object),
    ...(fields.name === undefined ? {} : { name: fields.name }),
  };
}

/** A consistent list, or a page of one. Throws 400, 410 (Expired) or 504 (a version from the future). */
export function listObjects(store: Store, collection: Collection, options: ListOptions): ListPage {
  const selector = parseSelector(options, collection.kind);
  const resume = options.continueToken === '' ? undefined : readToken(options.continueToken);
  const revision = resume?.revision ?? listRevision(store, options);
  const all = candidates(store, collection, { revision, name: selector.name, resumed: resume !== undefined });
  const matching = all.filter(
    (object) => selector.matches(object) && (resume === undefined || keyOf(object) > resume.after),
  );
  if (options.limit <= 0 || matching.length <= options.limit) return { items: matching, revision, continueToken: '' };
  const items = matching.slice(0, options.limit);
  const last = items.at(-1);
  const continueToken = last === undefined ? '' : writeToken({ revision, after: keyOf(last) });
  // With a selector the real server does not count what it has not read.
  const selected = options.labelSelector !== '' || options.fieldSelector !== '';
  return { items, revision, continueToken, ...(selected ? {} : { remaining: matching.length - items.length }) };
}

const keyOf = (object: ApiObject): string => objectKey(object.metadata.namespace ?? '', object.metadata.name);

/** The revision that a list shows: the newest, except where exactly an older one is asked for (or a limit implies it). */
function listRevision(store: Store, options: ListOptions): number {
  const { resourceVersion, resourceVersionMatch, limit } = options;
  if (resourceVersion === '' || resourceVersion === '0') return store.revision;
  const asked = parseRevision(resourceVersion);
  if (asked > store.revision) throw tooLargeVersionError(asked, store.revision);
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0);
  return exact ? asked : store.revision;
}

function parseRevision(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
  throw badRequestError(`invalid resource version: resourceVersion: Invalid value: "${text}": ${why}`);
}

function candidates(
  store: Store,
  collection: Collection,
  at: { readonly revision: number; readonly name: string | undefined; readonly resumed: boolean },
): readonly ApiObject[] {
  const resource = storageKey(collection.kind);
  const inOnePlace = collection.namespace !== '' || !collection.kind.namespaced;
  if (at.name !== undefined && inOnePlace && at.revision >= store.revision) {
    const object = store.get(resource, objectKey(collection.namespace, at.name));
    return object === undefined ? [] : [object];
  }
  try {
    return store.listAt(resource, at.revision, collection.namespace);
  } catch (error) {
    throw at.resumed && error instanceof StatusError ? expiredToken() : error;
  }
}

function expiredToken(): StatusError {
  return new StatusError({
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
  });
}

interface Resume {
  readonly revision: number;
  readonly after: string;
}

/** The form of the real server's tokens, which clients must not look into: base64url of {v, rv, start}. */
function writeToken(resume: Resume): string {
  const body = { v: 'meta.k8s.io/v1', rv: resume.revision, start: `${resume.after}\u0000` };
  return Buffer.from(JSON.stringify(body)).toString('base64url');
}

function readToken(token: string): Resume {
  const body = parseToken(Buffer.from(token, 'base64url').toString('utf8'));
  const { rv, start } = body;
  if (typeof rv !== 'number' || typeof start !== 'string') throw badToken('it holds no position');
  return { revision: rv, after: start.replace(/\u0000$/, '') };
}

function parseToken(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // not JSON: the same answer as for JSON that is no object
  }
  throw badToken('it is not one of this server');
}

function badToken(why: string): StatusError {
  return badRequestError(`invalid continue token: continue key is not valid: ${why}`);
}
