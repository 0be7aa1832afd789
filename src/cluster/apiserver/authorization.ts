import type { Admission, RequestAttributes, StoreReader, UserInfo } from './admission.js';
import { MASTERS } from './authentication.js';
import { forbiddenError } from './errors.js';
import { StatusError } from '../status-error.js';

/** Throws 403 in the real server's words where the user may not do it. */
export function requireAllowed(
  admission: Admission,
  user: UserInfo,
  asked: { readonly attributes: RequestAttributes; readonly store: StoreReader },
): void {
  if (user.groups.includes(MASTERS)) return;
  const { attributes, store } = asked;
  const decision = admission.authorize(user, attributes, store);
  if (decision.allowed) return;
  const reason = decision.reason === '' ? '' : `: ${decision.reason}`;
  if (attributes.resource === '') {
    const message = `forbidden: User "${user.name}" cannot ${attributes.verb} path "${attributes.path}"${reason}`;
    throw new StatusError({ code: 403, reason: 'Forbidden', message, details: {} });
  }
  throw forbiddenError({ group: attributes.group, plural: attributes.resource }, attributes.name, {
    why: `${describe(user, attributes)}${reason}`,
  });
}

function describe(user: UserInfo, attributes: RequestAttributes): string {
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
}
