/** Variables of this program that every container gets: without them few commands work. No others: they may be secret. */
const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

/** What a container's environment is before the pod's own variables, which win. */
export function baseEnvironment(podName: string, terminationLog: string): Record<string, string> {
  const env: Record<string, string> = { HOSTNAME: podName, TERMINATION_LOG: terminationLog };
  for (const name of PASSED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
