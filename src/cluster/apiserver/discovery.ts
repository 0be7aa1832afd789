import type { ApiResponse } from '../../api/http.js';
import type { Json, JsonObject } from '../../api/json.js';
import { jsonAnswer, textAnswer } from './answers.js';
import type { KindInfo, KindTable } from './kinds.js';
import { storageKey } from './kinds.js';

/** The version that this server's behaviour was compared with. */
const VERSION = { major: '1', minor: '35', gitVersion: 'v1.35.4+lockstep-embedded', platform: 'embedded' } as const;

const HEALTH: readonly string[] = ['/healthz', '/livez', '/readyz'];

/** Paths that are no resource: version, health, and the least of discovery. Undefined: not found. */
export function answerDiscovery(path: string, kinds: KindTable): ApiResponse | undefined {
  if (path === '/version') return jsonAnswer(200, VERSION);
  if (HEALTH.includes(path)) return textAnswer(200, 'ok');
  const [, root, group, version] = path.split('/');
  if (root === 'api' && group === undefined) return jsonAnswer(200, { kind: 'APIVersions', versions: ['v1'] });
  if (root === 'api' && group === 'v1') return resourceList(kinds, '', 'v1');
  if (root !== 'apis') return undefined;
  if (group === undefined) return jsonAnswer(200, groupList(kinds));
  if (version !== undefined) return resourceList(kinds, group, version);
  const described = groups(kinds).find((each) => each['name'] === group);
  return described && jsonAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...described });
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
  const part = (name: string, verbs: readonly string[], extra: JsonObject = {}): JsonObject => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind: kind.kind,
    ...extra,
    verbs,
  });
  const pods = storageKey(kind) === '/pods';
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs: VERBS,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    },
    ...(kind.hasStatus ? [part('status', ['get', 'patch', 'update'])] : []),
    ...(storageKey(kind) === '/namespaces' ? [part('finalize', ['update'])] : []),
    ...(pods ? [part('binding', ['create'], { kind: 'Binding' }), part('log', ['get'])] : []),
    ...(pods ? [part('eviction', ['create'], { group: 'policy', version: 'v1', kind: 'Eviction' })] : []),
  ];
}
