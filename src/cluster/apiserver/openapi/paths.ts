import type { JsonObject } from '../../../api/json.js';
import { groupVersionPath, type KindInfo } from '../kinds.js';

/** One call that a path takes, in neither version of OpenAPI yet. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `x-kubernetes-action`. */
  readonly action: string;
  readonly kind: KindInfo;
  /** Query parameters. */
  readonly parameters: readonly Parameter[];
  readonly body: 'object' | 'patch' | 'deleteOptions' | 'none';
  readonly answer: 'object' | 'list' | 'status';
}

export interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

export interface PathItem {
  readonly path: string;
  /** Names in braces in the path. */
  readonly variables: readonly string[];
  readonly operations: readonly Operation[];
}

const strings = (...names: readonly string[]): readonly Parameter[] => names.map((name) => ({ name, type: 'string' }));
const WRITE = strings('dryRun', 'fieldManager', 'fieldValidation');
const LIST: readonly Parameter[] = [
  ...strings('continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'),
  { name: 'limit', type: 'integer' },
  { name: 'timeoutSeconds', type: 'integer' },
  { name: 'watch', type: 'boolean' },
  { name: 'allowWatchBookmarks', type: 'boolean' },
];
const DELETE: readonly Parameter[] = [
  ...strings('dryRun', 'propagationPolicy'),
  { name: 'gracePeriodSeconds', type: 'integer' },
  { name: 'orphanDependents', type: 'boolean' },
];

/** The paths of a kind, and the calls that they take. */
export function pathsOf(kind: KindInfo): readonly PathItem[] {
  const root = groupVersionPath(kind);
  const collection = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const inside = kind.namespaced ? ['namespace'] : [];
  const one = { path: `${collection}/{name}`, variables: ['name', ...inside] };
  const read: Omit<Operation, 'parameters' | 'body' | 'answer'> = { method: 'get', action: 'get', kind };
  const get: Operation = { ...read, parameters: [], body: 'none', answer: 'object' };
  const list: Operation = { ...read, action: 'list', parameters: LIST, body: 'none', answer: 'list' };
  const put: Operation = { ...get, method: 'put', action: 'put', parameters: WRITE, body: 'object' };
  const patch: Operation = { ...put, method: 'patch', action: 'patch', body: 'patch' };
  const post: Operation = { ...put, method: 'post', action: 'post' };
  const remove: Operation = {
    ...{ method: 'delete', action: 'delete', kind, parameters: DELETE, body: 'deleteOptions', answer: 'status' },
  };
  const removeAll: Operation = { ...remove, action: 'deletecollection', parameters: [...DELETE, ...LIST] };
  return [
    { path: collection, variables: inside, operations: [list, post, removeAll] },
    { ...one, operations: [get, put, patch, remove] },
    ...(kind.hasStatus ? [{ ...one, path: `${one.path}/status`, operations: [get, put, patch] }] : []),
    ...(kind.namespaced ? [{ path: `${root}/${kind.plural}`, variables: [], operations: [list] }] : []),
  ];
}

/** What both versions of OpenAPI say of a call in the same words. */
export function operationHead({ action, kind }: Operation, path: string): JsonObject {
  const { group, version } = kind;
  const place = path.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  return {
    tags: [`${(group.split('.')[0] ?? '') || 'core'}_${version}`],
    description: `${action} ${kind.kind}`,
    operationId: `${action}${place.map(capital).join('')}${path.endsWith('{name}') ? 'Named' : ''}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind: kind.kind },
  };
}

function capital(part: string): string {
  const word = part.replaceAll(/[^A-Za-z0-9]/g, '');
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** The content types of a kind's patches. */
export function patchTypes(kind: KindInfo): readonly string[] {
  const plain = ['application/json-patch+json', 'application/merge-patch+json'];
  return kind.custom ? plain : [...plain, 'application/strategic-merge-patch+json'];
}
