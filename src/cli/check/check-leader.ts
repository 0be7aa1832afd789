import type { Clock } from '../../api/clock.js';
import { type Instant, parseInstant } from '../../api/instant.js';
import type { Lease } from '../../api/kube.js';
import { type Client, LEASES, delay, recordOf } from '../../runtime/index.js';
import { placeOf } from './check-installation.js';
import { type Finding, fine, trouble } from './finding.js';
import type { Installed } from './installation.js';

/** Who waits to lead looks at the lease every 4 s to 8.8 s (LEASE_TIMINGS): so long a change of the leader takes, in ms. */
const CHANGE_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Who leads, and whether it is alive. Where a replica is ready and nobody leads just now, it waits for as long as a change of
 * the leader takes. `now`: the API server's time; the holder's own clock may differ by a little.
 */
export async function checkLeader(
  client: Pick<Client, 'find'>,
  installed: Installed,
  { now: before, clock }: { readonly now: Instant; readonly clock: Clock },
): Promise<readonly Finding[]> {
  const { namespace, names, leaderElect, ready } = installed;
  if (!leaderElect) return [];
  const begin = clock.monotonic();
  const look = (): Promise<Lease | null> => client.find(LEASES, { namespace, name: names.lease });
  let lease = await look();
  while ((lease === null || isFree(lease)) && ready > 0 && clock.monotonic() - begin < CHANGE_MS) {
    await delay(clock, LOOK_EVERY_MS);
    lease = await look();
  }
  const now = before + clock.monotonic() - begin;
  const logs = `kubectl -n ${namespace} logs deployment/${installed.name}`;
  if (lease === null || isFree(lease)) {
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

function isFree(lease: Lease): boolean {
  return recordOf(lease).holder === '';
}

/** In whole seconds, minutes or hours: nobody needs more here. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
