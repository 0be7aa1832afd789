import type { Pod } from '../../api/kube.js';
import { type Client, PODS } from '../../runtime/index.js';
import { type Finding, fine, trouble } from './finding.js';
import { CONTROLLER_SELECTOR, type Installed, type InstalledStore } from './installation.js';

/** What is wrong with how a controller is installed; one finding that all is well where nothing is. */
export async function checkInstallation(
  client: Pick<Client, 'list'>,
  installed: Installed,
  version: string,
): Promise<readonly Finding[]> {
  const found = [
    ...checkReplicas(installed),
    ...(await checkReady(client, installed)),
    ...checkVersion(installed, version),
  ];
  if (found.length > 0) return found;
  const { ready, replicas, image, store } = installed;
  const says = `${placeOf(installed)}: ${ready} of ${replicas} ready, ${image}, ${scopeOf(installed)}, audit trail in ${nameOf(store)}`;
  return [fine('controller', says)];
}

/** SQLite is one process's: two would each keep a trail of its own, with half of the events in either. */
function checkReplicas(installed: Installed): readonly Finding[] {
  const { replicas, store, strategy, leaderElect } = installed;
  const place = placeOf(installed);
  if (replicas === 0)
    return [
      trouble('controller', 'fail', {
        says: `${place} has no replica: nothing moves`,
        todo: `kubectl -n ${installed.namespace} scale deployment ${installed.name} --replicas=1`,
      }),
    ];
  const found: Finding[] = [];
  if (replicas > 1 && store.kind === 'sqlite')
    found.push(
      trouble('audit store', 'fail', {
        says: `${place} has ${replicas} replicas and its audit trail in SQLite (${store.path}): each would keep a trail of its own`,
        todo: 'run one replica, or keep the trail in PostgreSQL: deploy/highly-available',
      }),
    );
  if (replicas > 1 && !leaderElect)
    found.push(
      trouble('controller', 'fail', {
        says: `${place} has ${replicas} replicas without --leader-elect: all of them work on the same runs, in each other's way`,
        todo: 'add --leader-elect to its arguments',
      }),
    );
  if (replicas === 1 && store.kind === 'sqlite' && strategy !== 'Recreate')
    found.push(
      trouble('audit store', 'warn', {
        says: `${place} keeps its audit trail in SQLite and is updated by ${strategy}: for a moment two pods open one file`,
        todo: 'set spec.strategy.type to Recreate',
      }),
    );
  return found;
}

async function checkReady(client: Pick<Client, 'list'>, installed: Installed): Promise<readonly Finding[]> {
  const { namespace, ready, replicas } = installed;
  if (ready >= replicas) return [];
  const { items } = await client.list(PODS, { namespace, labelSelector: CONTROLLER_SELECTOR });
  const level = ready === 0 ? 'fail' : 'warn';
  return [
    trouble('controller', level, {
      says: `${placeOf(installed)}: ${ready} of ${replicas} ready`,
      details: items.flatMap((pod) => whyNotReady(pod)),
      todo: `kubectl -n ${namespace} describe pods -l ${CONTROLLER_SELECTOR}`,
    }),
  ];
}

function whyNotReady(pod: Pod): readonly string[] {
  const name = pod.metadata?.name ?? '';
  const container = pod.status?.containerStatuses?.[0];
  if (container?.ready === true) return [];
  const { waiting, terminated } = container?.state ?? {};
  const last = container?.lastState?.terminated;
  if (waiting !== undefined) {
    const before = last === undefined ? '' : `; it ended with ${last.exitCode} before`;
    return [
      `${name}: ${waiting.reason ?? 'waiting'}${waiting.message === undefined ? '' : `: ${waiting.message}`}${before}`,
    ];
  }
  if (terminated !== undefined) return [`${name}: ended with ${terminated.exitCode} (${terminated.reason ?? ''})`];
  const failed = pod.status?.conditions?.find(({ status }) => status === 'False');
  return [`${name}: ${pod.status?.phase ?? 'Pending'}${failed?.message === undefined ? '' : `: ${failed.message}`}`];
}

function checkVersion(installed: Installed, version: string): readonly Finding[] {
  const [, tag] = /:([^:/@]+)(?:@.*)?$/.exec(installed.image) ?? [];
  if (tag === undefined || tag === version) return [];
  return [
    trouble('controller', 'warn', {
      says: `${placeOf(installed)} runs ${installed.image}, and this program is ${version}`,
      todo: 'check with the program of the same version: what it knows of kinds and rights is compared',
    }),
  ];
}

/** Two controllers with keys of their own take each other's pods for those of strangers. */
export function checkOverlap(all: readonly Installed[]): readonly Finding[] {
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter((other) => one.namespaces.some((a) => other.namespaces.some((b) => a === null || b === null || a === b)))
      .map((other) =>
        trouble('controller', 'fail', {
          says: `${placeOf(one)} and ${placeOf(other)} work on the same runs, each with a key of its own: they take each other's pods for those of strangers`,
          todo: 'remove one of them, or give each namespaces of its own (--namespaces)',
        }),
      ),
  );
}

export function placeOf({ namespace, name }: Installed): string {
  return `${namespace}/${name}`;
}

function scopeOf({ namespaces }: Installed): string {
  return namespaces.includes(null) ? 'all namespaces' : `namespace ${namespaces.join(', ')}`;
}

function nameOf(store: InstalledStore): string {
  if (store.kind === 'sqlite') return 'SQLite';
  return store.kind === 'postgres' ? 'PostgreSQL' : `what the Secret ${store.name} names`;
}
