import type { ApiRequest } from '../../api/http.js';
import type { RequestAttributes, UserInfo } from './admission.js';
import { requireAllowed } from './authorization.js';
import type { ServerState } from './state.js';
import { StatusError } from '../status-error.js';

const AUTHENTICATED = 'system:authenticated';
const SERVICE_ACCOUNTS = 'system:serviceaccounts';

/** As whom a request wants to be handled: whoever sends it must have the verb `impersonate`. */
interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * The user as whom the request is handled: its own, or the one that its headers Impersonate-User and Impersonate-Group
 * name (`kubectl --as`). Throws 400 for a group without a user, 403 where the sender may not do that
 * (k8s.io/apiserver pkg/endpoints/filters/impersonation).
 */
export function impersonated(state: ServerState, request: ApiRequest, user: UserInfo): UserInfo {
  const wanted = wantedBy(request);
  if (wanted === null) return user;
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(wanted.name);
  const [, namespace = '', name = wanted.name] = account ?? [];
  const target =
    account === null ? { resource: 'users', namespace, name } : { resource: 'serviceaccounts', namespace, name };
  requireAllowed(state.admission, user, { attributes: impersonate(target), store: state.writer });
  for (const group of wanted.groups) {
    const attributes = impersonate({ resource: 'groups', namespace: '', name: group });
    requireAllowed(state.admission, user, { attributes, store: state.writer });
  }
  const groups =
    account !== null && wanted.groups.length === 0
      ? [SERVICE_ACCOUNTS, `${SERVICE_ACCOUNTS}:${namespace}`]
      : wanted.groups;
  return { name: wanted.name, groups: [...new Set([...groups, AUTHENTICATED])] };
}

function wantedBy({ headers = {} }: ApiRequest): Wanted | null {
  const name = headers['impersonate-user'] ?? '';
  const group = headers['impersonate-group'] ?? '';
  if (name !== '') return { name, groups: group === '' ? [] : group.split(', ') };
  if (group === '') return null;
  const message = `requested [{Group  ${group}    }] without impersonating a user`;
  throw new StatusError({ code: 400, reason: 'BadRequest', message, details: {} });
}

function impersonate(target: Pick<RequestAttributes, 'resource' | 'namespace' | 'name'>): RequestAttributes {
  return { verb: 'impersonate', group: '', version: 'v1', subresource: '', path: '', ...target };
}
