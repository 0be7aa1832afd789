import { type Instant, parseInstant } from '../../api/instant.js';
import { type JsonObject, isJsonArray, isJsonObject } from '../../api/json.js';
import { OWES_FINALIZER } from '../../api/names.js';
import type { KubeObject } from '../../api/kube.js';
import { type Client, type Stored, defineResource } from '../../runtime/index.js';
import { TRANSLATORS } from '../kinds.js';
import { span } from './check-leader.js';
import { type Finding, fine, trouble } from './finding.js';

interface Run extends KubeObject {
  readonly status?: JsonObject;
}

/** A new run is seen within milliseconds; so long, and nobody works on it. */
const UNSEEN_MS = 10_000;
/** Committed events are stored within milliseconds too. */
const UNSTORED_MS = 30_000;
const ENDED: ReadonlySet<unknown> = new Set(['Succeeded', 'Failed', 'Cancelled']);
/** Names in a list of examples. */
const SHOWN = 5;

/** How far the controller is behind: runs that nobody has begun, events that are not stored, people who are waited for. */
export async function checkLag(
  client: Pick<Client, 'list'>,
  { namespaces, now }: { readonly namespaces: readonly (string | null)[]; readonly now: Instant },
): Promise<readonly Finding[]> {
  const runs = await listRuns(client, namespaces);
  const open = runs.filter(({ status }) => !ENDED.has(status?.['phase']));
  const unseen = open.filter((run) => run.status?.['phase'] === undefined && ageOf(run, now) > UNSEEN_MS);
  const backlogged = runs.filter((run) => isTrue(run, 'AuditBacklogged'));
  const unstored = runs.filter((run) => now - oldestEvent(run, now) > UNSTORED_MS && !backlogged.includes(run));
  const stalled = open.filter((run) => isTrue(run, 'Stalled'));
  const found: Finding[] = [];
  if (unseen.length > 0)
    found.push(
      trouble('lag', 'fail', {
        says: `${count(unseen, 'run')} not begun, the oldest for ${span(Math.max(...unseen.map((run) => ageOf(run, now))))}`,
        details: examples(unseen),
        todo: 'see the controller and the leader above',
      }),
    );
  if (backlogged.length + unstored.length > 0) {
    const late = [...backlogged, ...unstored];
    found.push(
      trouble('audit trail', 'fail', {
        says: `events of ${count(late, 'run')} are not stored: the audit store takes nothing, or is slow`,
        details: examples(late),
        todo: `kubectl -n ${late[0]?.metadata.namespace ?? ''} get wfx ${late[0]?.metadata.name ?? ''} -o jsonpath='{.status.conditions[?(@.type=="AuditBacklogged")].message}'`,
      }),
    );
  }
  if (stalled.length > 0)
    found.push(
      trouble('runs', 'warn', {
        says: `${count(stalled, 'run')} wait${stalled.length === 1 ? 's' : ''} for a person`,
        details: examples(stalled),
        todo: 'lockstep why NAMESPACE/NAME',
      }),
    );
  if (found.length > 0) return found;
  return [fine('lag', `none: ${count(open, 'run')} under way, ${runs.length - open.length} over, all events stored`)];
}

async function listRuns(
  client: Pick<Client, 'list'>,
  namespaces: readonly (string | null)[],
): Promise<readonly Stored<Run>[]> {
  const pages = await Promise.all(
    TRANSLATORS.flatMap(({ apiVersion, kind, plural }) => {
      const resource = defineResource<Run>({ apiVersion, kind, plural, namespaced: true });
      return namespaces.map((namespace) => client.list(resource, namespace === null ? {} : { namespace }));
    }),
  );
  return pages.flatMap(({ items }) => items);
}

function ageOf({ metadata }: Stored<Run>, now: Instant): number {
  return now - (parseInstant(metadata.creationTimestamp) ?? now);
}

/** Time of the oldest event that is committed and not known to be stored; a run that owes nothing has all stored. */
function oldestEvent({ metadata, status }: Run, now: Instant): Instant {
  if (metadata?.finalizers?.includes(OWES_FINALIZER) !== true) return now;
  const engine = isJsonObject(status?.['engine']) ? status['engine'] : {};
  const audit = isJsonObject(engine['audit']) ? engine['audit'] : {};
  const outbox = isJsonArray(audit['outbox']) ? audit['outbox'] : [];
  const acked = typeof audit['acked'] === 'number' ? audit['acked'] : 0;
  const seqOf = (event: JsonObject): number => (typeof event['seq'] === 'number' ? event['seq'] : Infinity);
  const times = outbox
    .filter(isJsonObject)
    .filter((event) => seqOf(event) > acked)
    .map((event) => parseInstant(typeof event['time'] === 'string' ? event['time'] : null) ?? now);
  return Math.min(now, ...times);
}

function isTrue({ status }: Run, type: string): boolean {
  const conditions = isJsonArray(status?.['conditions']) ? status['conditions'] : [];
  return conditions.some((each) => isJsonObject(each) && each['type'] === type && each['status'] === 'True');
}

function examples(runs: readonly Stored<Run>[]): readonly string[] {
  const names = runs
    .slice(0, SHOWN)
    .map(({ kind, metadata }) => `${kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`);
  return runs.length > SHOWN ? [...names, `and ${runs.length - SHOWN} more`] : names;
}

function count(runs: readonly unknown[], what: string): string {
  return `${runs.length} ${what}${runs.length === 1 ? '' : 's'}`;
}
