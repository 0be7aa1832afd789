import { EMBEDDED_BUILD } from '../../api/names.js';
import type { ApiResponse } from '../../api/http.js';
import type { Json, JsonObject } from '../../api/json.js';
import { errorAnswer, jsonAnswer, textAnswer } from './answers.js';
import { unknownResourceError } from './errors.js';
import type { KindInfo, KindTable } from './kinds.js';
import { storageKey } from './kinds.js';

/** The version that this server's behaviour was compared with. */
const VERSION = { major: '1', minor: '35', gitVersion: `v1.35.4${EMBEDDED_BUILD}`, platform: 'embedded' } as const;

/** Paths that say whether the server is well, in plain text. */
export const HEALTH_PATHS: readonly string[] = ['/healthz', '/livez', '/readyz'];

/** Paths that are no resource: version, health, and the least of discovery. Undefined: not found. */
export function answerDiscovery(path: string, kinds: KindTable): ApiResponse | undefined {
  if (path === '/version') return jsonAnswer(200, VERSION);
  if (HEALTH_PATHS.includes(path)) return textAnswer(200, 'ok');
  const [, root, group, version] = path.split('/');
  if (root === 'api' && group === undefined) return jsonAnswer(200, { kind: 'APIVersions', versions: ['v1'] });
  if (root === 'api' && group !== undefined && version === undefined)
    return resourceList(kinds, '', group) ?? unknownVersion(kinds, '');
  if (root !== 'apis') return undefined;
  if (group === undefined) return jsonAnswer(200, groupList(kinds));
  if (version !== undefined) return resourceList(kinds, group, version) ?? unknownVersion(kinds, group);
  const described = groups(kinds).find((each) => each['name'] === group);
  return described && jsonAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...described });
}

/** Of a version that a group of its own does not have, the real server answers a Status; of any other group a plain 404. */
function unknownVersion(kinds: KindTable, group: string): ApiResponse | undefined {
  const own = kinds.all().some((kind) => kind.group === group && !kind.custom);
  return own ? errorAnswer(unknownResourceError()) : undefined;
}

/** Whether anything is served there: below an unknown group or version everything is `404 page not found`. */
export function servesVersion(kinds: KindTable, group: string, version: string): boolean {
  return kinds.all().some((kind) => kind.group === group && kind.version === version);
}

function groupList(kinds: KindTable): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(kinds) };
}

function groups(kinds: KindTable): readonly JsonObject[] {
  const versions = new Map<string, Set<string>>();
  for (const { group, version } of kinds.all()) {
    if (group === '') continue;
    versions.set(group, (versions.get(group) ?? new Set<string>()).add(version));
  }
  return [...versions].map(([name, found]) => {
    const all = [...found].map((version): Json => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: all, preferredVersion: all[0] ?? null };
  });
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** What can be done with the objects of a kind: the same with all, in the order in which the real server tells it. */
export function objectVerbs(kind: KindInfo): readonly string[] {
  return kind.custom ? CUSTOM_VERBS : VERBS;
}

function resourceList(kinds: KindTable, group: string, version: string): ApiResponse | undefined {
  const found = kinds.all().filter((kind) => kind.group === group && kind.version === version);
  if (found.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return jsonAnswer(200, {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: found.flatMap(resourcesOf),
  });
}

function resourcesOf(kind: KindInfo): readonly JsonObject[] {
  const { plural, singular, namespaced } = kind;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs: objectVerbs(kind),
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    },
    ...subresourcesOf(kind).map(({ name, verbs, ...other }) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      kind: kind.kind,
      ...other,
      verbs,
    })),
  ];
}

/** A part of an object with a path of its own. `kind`, `group`, `version`: of what it takes, where that is not the object. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
}

/** The subresources of a kind that are served. */
export function subresourcesOf(kind: KindInfo): readonly Subresource[] {
  const pods = storageKey(kind) === '/pods';
  return [
    ...(kind.hasStatus ? [{ name: 'status', verbs: ['get', 'patch', 'update'] }] : []),
    ...(storageKey(kind) === '/namespaces' ? [{ name: 'finalize', verbs: ['update'] }] : []),
    ...(pods ? [{ name: 'binding', verbs: ['create'], kind: 'Binding' }] : []),
    ...(pods ? [{ name: 'log', verbs: ['get'] }] : []),
    ...(pods ? [{ name: 'eviction', verbs: ['create'], group: 'policy', version: 'v1', kind: 'Eviction' }] : []),
  ];
}
