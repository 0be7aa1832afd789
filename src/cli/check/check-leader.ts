import { type Instant, parseInstant } from '../../api/instant.js';
import { type Client, LEASES, recordOf } from '../../runtime/index.js';
import { placeOf } from './check-installation.js';
import { type Finding, fine, trouble } from './finding.js';
import type { Installed } from './installation.js';

/** Who leads, and whether it is alive. `now`: the API server's time; the holder's own clock may differ by a little. */
export async function checkLeader(
  client: Pick<Client, 'find'>,
  installed: Installed,
  now: Instant,
): Promise<readonly Finding[]> {
  const { namespace, names, leaderElect, ready } = installed;
  if (!leaderElect) return [];
  const lease = await client.find(LEASES, { namespace, name: names.lease });
  const logs = `kubectl -n ${namespace} logs deployment/${installed.name}`;
  if (lease === null || recordOf(lease).holder === '') {
    const says = lease === null ? 'nobody has ever led' : 'nobody leads: the last leader gave the lease back';
    return [
      trouble('leader', 'fail', {
        says: `${placeOf(installed)}: ${says}`,
        todo: ready === 0 ? 'see the controller above' : logs,
      }),
    ];
  }
  const { holder, durationSeconds, renewTime, acquireTime, transitions } = recordOf(lease);
  const renewed = now - (parseInstant(renewTime) ?? 0);
  if (renewed > durationSeconds * 1_000)
    return [
      trouble('leader', 'fail', {
        says: `nobody leads: ${holder} renewed its lease ${span(renewed)} ago, and it lasts ${durationSeconds} s`,
        todo: ready === 0 ? 'see the controller above' : logs,
      }),
    ];
  const since = span(now - (parseInstant(acquireTime) ?? now));
  const changes = transitions === 0 ? '' : `, after ${transitions} ${transitions === 1 ? 'change' : 'changes'}`;
  return [fine('leader', `${holder}, since ${since}${changes}; its lease was renewed ${span(renewed)} ago`)];
}

/** In whole seconds, minutes or hours: nobody needs more here. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
