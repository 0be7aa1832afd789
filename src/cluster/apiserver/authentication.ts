import type { ApiRequest } from '../../api/http.js';
import type { UserInfo } from './admission.js';
import { unauthorizedError } from './errors.js';

/** Whose requests need no permission. */
export const MASTERS = 'system:masters';

export const SYSTEM_ADMIN: UserInfo = { name: 'system:admin', groups: [MASTERS, 'system:authenticated'] };

/** Who calls over a socket without a token. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Users by bearer token. */
export class TokenTable {
  readonly #users = new Map<string, UserInfo>();

  constructor(users: Readonly<Record<string, UserInfo>>) {
    for (const [token, user] of Object.entries(users)) this.add(token, user);
  }

  add(token: string, user: UserInfo): void {
    const groups = new Set([...user.groups, 'system:authenticated']);
    this.#users.set(token, { name: user.name, groups: [...groups] });
  }

  /** Who sends the request; `otherwise` where it names nobody. Throws 401 for a token that is not known. */
  authenticate(request: ApiRequest, otherwise: UserInfo): UserInfo {
    const header = request.headers?.['authorization'];
    if (header === undefined || header === '') return otherwise;
    const token = /^Bearer\s+(.+)$/i.exec(header)?.[1];
    const user = token === undefined ? undefined : this.#users.get(token.trim());
    if (user === undefined) throw unauthorizedError();
    return user;
  }
}
