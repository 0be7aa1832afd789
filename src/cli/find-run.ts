import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { type FoundRun, listRuns } from './list-runs.js';
import { type Reference, parseReference } from './reference.js';
import { RUN_KINDS, type RunKind, shownName } from './run-kinds.js';
import type { Session } from './session.js';

/**
 * The run that a reference names: `NAME`, `KIND/NAME`, `NAMESPACE/NAME`, a unique prefix, `@latest`, `@failed`; nothing:
 * the latest.
 *
 * @throws CliError where there is none, or more than one
 */
export async function findRun(session: Session, text: string | undefined): Promise<FoundRun> {
  const reference = parseReference(text ?? '@latest');
  const { name } = reference;
  const namespace = reference.namespace ?? session.namespace;
  const kinds = reference.kind === null ? RUN_KINDS : [reference.kind];
  const exact = name.startsWith('@') ? [] : await findExact(session, kinds, { namespace, name });
  // Without a namespace of its own a reference is looked up everywhere: names are few, and typing is slow at night.
  const where = reference.namespace === null ? {} : { namespace };
  const items = exact.length > 0 ? exact : await listRuns(session, { kinds, ...where });
  const found = exact.length > 0 ? exact : named(items, name);
  const own = found.filter(({ object }) => object.metadata.namespace === namespace);
  const nearest = own.length > 0 ? own : found;
  const [only, ...others] = nearest;
  if (only === undefined) throw new CliError(noneText(session, { text, reference, items }));
  if (others.length > 0) throw new CliError(manyText(name, nearest), { exitCode: EXIT.usage });
  return only;
}

/** The runs that have just this name: runs of two kinds may have the same. */
async function findExact(
  { client }: Session,
  kinds: readonly RunKind[],
  ref: { readonly namespace: string; readonly name: string },
): Promise<readonly FoundRun[]> {
  const found = await Promise.all(kinds.map(async (kind) => ({ kind, object: await client.find(kind.resource, ref) })));
  return found.flatMap(({ kind, object }) => (object === null ? [] : [{ kind, object }]));
}

function named(items: readonly FoundRun[], name: string): readonly FoundRun[] {
  if (!name.startsWith('@')) return items.filter(({ object }) => object.metadata.name.startsWith(name));
  const latest = [...items].sort((a, b) => ageOf(b).localeCompare(ageOf(a)));
  if (name === '@latest') return latest.slice(0, 1);
  if (name === '@failed') return latest.filter(({ object }) => object.status?.['phase'] === 'Failed').slice(0, 1);
  throw new CliError(`${name} is no reference; there are @latest and @failed`, { exitCode: EXIT.usage });
}

function ageOf({ object }: FoundRun): string {
  return `${object.metadata.creationTimestamp ?? ''}/${object.metadata.name}`;
}

function manyText(name: string, found: readonly FoundRun[]): string {
  return `${name} is not one run but ${found.length}: ${listed(found)}`;
}

interface Nothing {
  readonly text: string | undefined;
  readonly reference: Reference;
  readonly items: readonly FoundRun[];
}

function noneText({ where }: Session, { text, reference, items }: Nothing): string {
  if (items.length > 0) return `no run is named ${text ?? ''} in ${where}; there are ${listed(items)}`;
  const what = reference.kind === null ? 'run' : reference.kind.translator.kind;
  return `there is no ${what} in ${where}; start one with lockstep run FILE`;
}

function listed(items: readonly FoundRun[]): string {
  const names = items.map(({ kind, object: { metadata } }) =>
    shownName(kind, `${metadata.namespace ?? ''}/${metadata.name}`),
  );
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}
