import type { ApiResponse } from '../../api/http.js';
import type { JsonObject } from '../../api/json.js';
import { objectVerbs, subresourcesOf } from './discovery.js';
import type { KindInfo, KindTable } from './kinds.js';

const TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** All groups, versions and resources in one answer: of the core group at `/api`, of the others at `/apis`. */
export function answerAggregated(root: 'api' | 'apis', kinds: KindTable): ApiResponse {
  const groups = new Map<string, Map<string, KindInfo[]>>();
  for (const kind of kinds.all()) {
    if ((kind.group === '') !== (root === 'api')) continue;
    const versions = groups.get(kind.group) ?? new Map<string, KindInfo[]>();
    groups.set(kind.group, versions);
    const there = versions.get(kind.version) ?? [];
    versions.set(kind.version, there);
    there.push(kind);
  }
  const items = [...groups].map(([name, versions]) => ({
    metadata: name === '' ? {} : { name },
    versions: [...versions].map(([version, resources]) => ({
      version,
      resources: resources.map(resourceOf),
      freshness: 'Current',
    })),
  }));
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  return { status: 200, headers: { 'content-type': TYPE, vary: 'Accept' }, body: JSON.stringify(body) };
}

function resourceOf(kind: KindInfo): JsonObject {
  // The real server names group and version of custom resources only; empty means the same as around it.
  const own = kind.custom ? { group: kind.group, version: kind.version } : { group: '', version: '' };
  const subresources = subresourcesOf(kind).map(({ name, verbs, kind: other, group, version }) => ({
    subresource: name,
    responseKind: { ...own, ...(group === undefined ? {} : { group, version }), kind: other ?? kind.kind },
    verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: { ...own, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: objectVerbs(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
