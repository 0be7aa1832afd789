import type { Stored } from '../runtime/index.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { EXECUTIONS, type ExecutionObject } from './resources.js';
import type { Session } from './session.js';

/**
 * The run that a reference names: a name, `namespace/name`, a unique prefix, `@latest`, `@failed`; nothing: the latest.
 *
 * @throws CliError where there is none, or more than one
 */
export async function findRun(session: Session, reference: string | undefined): Promise<Stored<ExecutionObject>> {
  const [first = '', second] = (reference ?? '@latest').split('/');
  const namespace = second === undefined ? session.namespace : first;
  const name = second ?? first;
  if (!name.startsWith('@')) {
    const exact = await session.client.find(EXECUTIONS, { namespace, name });
    if (exact !== null) return exact;
  }
  // Without a namespace of its own a reference is looked up everywhere: names are few, and typing is slow at night.
  const { items } = await session.client.list(EXECUTIONS, second === undefined ? {} : { namespace });
  const found = name.startsWith('@')
    ? byWord(items, name)
    : items.filter((item) => item.metadata.name.startsWith(name));
  const own = found.filter((item) => item.metadata.namespace === namespace);
  const [only, ...others] = own.length > 0 ? own : found;
  if (only === undefined) throw new CliError(noneText(session, { reference, items }));
  if (others.length > 0) {
    const names = [only, ...others].map((item) => `${item.metadata.namespace ?? ''}/${item.metadata.name}`);
    throw new CliError(
      `${name} is not one run but ${names.length}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`,
      { exitCode: EXIT.usage },
    );
  }
  return only;
}

function byWord(items: readonly Stored<ExecutionObject>[], word: string): readonly Stored<ExecutionObject>[] {
  const latest = [...items].sort((a, b) => ageOf(b).localeCompare(ageOf(a)));
  if (word === '@latest') return latest.slice(0, 1);
  if (word === '@failed') return latest.filter((item) => item.status?.['phase'] === 'Failed').slice(0, 1);
  throw new CliError(`${word} is no reference; there are @latest and @failed`, { exitCode: EXIT.usage });
}

function ageOf(item: Stored<ExecutionObject>): string {
  return `${item.metadata.creationTimestamp ?? ''}/${item.metadata.name}`;
}

function noneText(
  session: Session,
  { reference, items }: { readonly reference: string | undefined; readonly items: readonly Stored<ExecutionObject>[] },
): string {
  if (items.length === 0) return `there is no run in ${session.where}; start one with lockstep run FILE`;
  const names = items.slice(0, 5).map((item) => `${item.metadata.namespace ?? ''}/${item.metadata.name}`);
  return `no run is named ${reference ?? ''} in ${session.where}; there are ${names.join(', ')}${items.length > 5 ? ', …' : ''}`;
}
