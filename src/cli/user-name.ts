/** Who asks, as far as this machine knows; recorded as claimed. */
export function userName(env: Readonly<Record<string, string | undefined>>): string {
  return env['LOCKSTEP_USER'] ?? env['USER'] ?? env['LOGNAME'] ?? 'unknown';
}
