import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { Decision, RequestAttributes, StoreReader, UserInfo } from '../apiserver/admission.js';

const group = 'rbac.authorization.k8s.io';
const serviceAccountPrefix = 'system:serviceaccount:';
/** Verbs and paths that everybody may use (the real server's system:discovery and system:public-info-viewer). */
const publicPaths = /^\/(?:api|apis|openapi|healthz|livez|readyz|version)(?:\/.*)?$/;
/** What everybody who is known may ask about himself (the real server's system:basic-user); no review is served here. */
const selfReviews = /^auth(?:orization\.k8s\.io\/selfsubject(?:access|rules)|entication\.k8s\.io\/selfsubject)reviews$/;

/**
 * May the user do it, by the Roles and ClusterRoles that are bound to them? Nobody may by default; system:masters may do
 * everything. The reason of a refusal names roles that are bound but are not there, as the real server does.
 */
export function authorizeByRoles(user: UserInfo, attributes: RequestAttributes, store: StoreReader): Decision {
  if (user.groups.includes('system:masters')) return { allowed: true };
  if (attributes.resource === '' && attributes.verb === 'get' && publicPaths.test(attributes.path)) {
    return { allowed: true };
  }
  const { verb, group: asked, resource } = attributes;
  if (verb === 'create' && selfReviews.test(`${asked}/${resource}`) && user.groups.includes('system:authenticated')) {
    return { allowed: true };
  }
  const missing: string[] = [];
  for (const bound of bindingsOf(user, attributes, store)) {
    const role = bound.role;
    if (role === undefined) missing.push(`${bound.kind.toLowerCase()}.${group} "${bound.name}" not found`);
    else if (objects(role['rules']).some((rule) => covers(rule, attributes))) return { allowed: true };
  }
  return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${faults([...new Set(missing)])}` };
}

function faults(missing: readonly string[]): string {
  return missing.length === 1 ? (missing[0] ?? '') : `[${missing.join(', ')}]`;
}

interface Bound {
  readonly kind: string;
  readonly name: string;
  readonly role: ApiObject | undefined;
}

/** Roles bound to the user for the request: everywhere, and in its namespace. */
function bindingsOf(user: UserInfo, attributes: RequestAttributes, store: StoreReader): readonly Bound[] {
  const { namespace } = attributes;
  const everywhere = store.list(group, 'clusterrolebindings');
  const here = namespace === '' ? [] : store.list(group, 'rolebindings', namespace);
  return [...everywhere, ...here]
    .filter((binding) => objects(binding['subjects']).some((subject) => means(subject, user, binding)))
    .map((binding) => boundRole(binding, store));
}

function boundRole(binding: ApiObject, store: StoreReader): Bound {
  const reference = isJsonObject(binding['roleRef']) ? binding['roleRef'] : {};
  const kind = text(reference['kind']);
  const name = text(reference['name']);
  const namespace = kind === 'Role' ? (binding.metadata.namespace ?? '') : '';
  const role = store.get(group, kind === 'Role' ? 'roles' : 'clusterroles', { namespace, name });
  return { kind, name, role };
}

function means(subject: JsonObject, user: UserInfo, binding: ApiObject): boolean {
  const name = text(subject['name']);
  switch (subject['kind']) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = text(subject['namespace']) || (binding.metadata.namespace ?? '');
      return user.name === `${serviceAccountPrefix}${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function covers(rule: JsonObject, attributes: RequestAttributes): boolean {
  if (!names(rule['verbs'], attributes.verb)) return false;
  if (attributes.resource === '') {
    return texts(rule['nonResourceURLs']).some((pattern) => matchesPath(pattern, attributes.path));
  }
  const resource =
    attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const allowedNames = texts(rule['resourceNames']);
  return (
    names(rule['apiGroups'], attributes.group) &&
    (names(rule['resources'], resource) ||
      (attributes.subresource !== '' && texts(rule['resources']).includes(`*/${attributes.subresource}`))) &&
    (allowedNames.length === 0 || allowedNames.includes(attributes.name))
  );
}

function names(list: Json | undefined, wanted: string): boolean {
  const all = texts(list);
  return all.includes('*') || all.includes(wanted);
}

function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return isJsonArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
