import type { AuditEvent } from '../../api/types.js';
import { type Trail, trailOf, trailsNamed } from '../../audit/query.js';
import type { AuditStore } from '../../audit/store.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { parseReference } from '../reference.js';
import { type Session, openSession } from '../session.js';
import { table } from '../view/table.js';

/** `lockstep audit REF`: the trail of a run, and whether it is whole. Runs that were deleted have one too. */
export async function auditVerb(
  reference: string | undefined,
  options: GlobalOptions & { readonly output: 'text' | 'json' },
  io: Io,
): Promise<ExitCode> {
  const session = await openSession(options, io);
  try {
    if (session.audit === null) throw new CliError(noStoreText(session));
    const trail = await find(session, session.audit, reference);
    if (options.output === 'json') for (const event of trail.events) io.print(JSON.stringify(event));
    else printTrail(io, trail);
    for (const problem of trail.problems) io.tell(`BROKEN at ${problem.seq}: ${problem.message}`);
    return trail.problems.length === 0 ? EXIT.ok : EXIT.auditBroken;
  } finally {
    await session.close();
  }
}

function noStoreText({ embedded, where }: Session): string {
  return embedded
    ? `there is no audit trail in ${where}; start a run with lockstep run FILE`
    : 'the trail of an installed controller is in its own store; this command reads that of a data directory';
}

/** The trail of a run that is there, else of the last run that had this name. */
async function find(session: Session, store: AuditStore, reference: string | undefined): Promise<Trail> {
  try {
    const trail = await trailOf(store, (await findRun(session, reference)).object.metadata.uid);
    if (trail !== null) return trail;
  } catch (error) {
    if (!(error instanceof CliError) || reference === undefined || reference.startsWith('@')) throw error;
    const { kind, namespace, name } = parseReference(reference);
    const trails = await trailsNamed(store, namespace ?? session.namespace, name);
    const latest = trails.find(({ events }) => kind === null || events[0]?.subject.kind === kind.translator.kind);
    if (latest === undefined) throw error;
    return latest;
  }
  throw new CliError('nothing is stored of this run yet');
}

function printTrail(io: Io, { events }: Trail): void {
  const rows = events.map((event) => [
    String(event.seq),
    event.time.slice(0, 23).replace('T', ' '),
    event.type,
    actorOf(event),
    detailOf(event),
  ]);
  for (const line of table(['SEQ', 'TIME (UTC)', 'EVENT', 'ACTOR', 'DETAIL'], rows)) io.print(line);
  const head = events.at(-1)?.hash ?? '';
  io.tell(
    `${events.length} events, chain head ${head.slice(0, 19)}…${head.slice(-4)}.   "claimed": the name that the sender gave, checked by nobody`,
  );
}

function actorOf({ actor }: AuditEvent): string {
  return `${actor.kind.toLowerCase()} ${actor.name}${actor.verified ? '' : ' (claimed)'}`;
}

function detailOf(event: AuditEvent): string {
  const attempt = event.attempt === undefined ? '' : ` #${event.attempt}`;
  const place = event.task === undefined ? '' : `${event.task}${attempt}`;
  return [place, ...Object.entries(event.data).flatMap(([key, value]) => wordsOf(key, value))]
    .filter((text) => text !== '')
    .join(', ');
}

/** What a person wants to see of an event's data; `-o json` has all. */
function wordsOf(key: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null) {
    if ('reason' in value && 'stage' in value) return [`${String(value.reason)}, stage ${String(value.stage)}`];
    if ('kind' in value && 'name' in value) return [`${String(value.kind)} ${String(value.name)}`];
    if ('verb' in value) return [String(value.verb)];
    if (Array.isArray(value)) return value.length === 0 ? [] : [value.join(' ')];
    if ('why' in value) return [`stop ${String(value.why)}`];
    return [];
  }
  const text = String(value);
  if (key.endsWith('Digest')) return [`${key.slice(0, -6)} ${text.slice(0, 15)}`];
  return ['reason', 'message', 'why', 'executor'].includes(key) ? [text] : [`${key}=${text}`];
}
