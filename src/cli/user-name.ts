import { userInfo } from 'node:os';

/** Who asks, as far as this machine knows; recorded as claimed. */
export function userName(env: Readonly<Record<string, string | undefined>>): string {
  return env['LOCKSTEP_USER'] ?? env['USER'] ?? env['LOGNAME'] ?? loginName();
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no entry in /etc/passwd: then there is no name to claim.
    return 'unknown';
  }
}
