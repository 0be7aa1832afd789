/** Events of the kubelet that quote what a probe or a hook printed, or what the program's HTTP endpoint answered. */
const QUOTES = /^(?:Unhealthy|ProbeWarning|FailedPostStartHook|PostStartHookError|FailedPreStopHook)$/;

/**
 * The kubelet's own words of such an event, without the program's (pkg/kubelet/prober, pkg/kubelet/lifecycle): what comes
 * after "probe failed:", after the exit code of a command, and in `message:`.
 */
export function withoutOutput(reason: string, message: string): string {
  if (!QUOTES.test(reason)) return message;
  return message
    .replace(/^((?:Liveness|Readiness|Startup) probe (?:failed|errored|warning)[^:]*):.*$/s, '$1')
    .replace(/( exited with \d+)\b.*$/s, '$1')
    .replace(/,? ?message: .*$/s, '');
}
