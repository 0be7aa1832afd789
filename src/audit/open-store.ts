import { existsSync } from 'node:fs';
import type { Clock } from '../api/clock.js';
import { shownAddress } from './postgres/address.js';
import { openSqliteAuditStore } from './sqlite/sqlite-store.js';
import { AuditStoreError } from './store-error.js';
import type { LedgerStore } from './store.js';

/** Where an audit store is: what `--audit-store` says. */
export type AuditStoreAddress =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/**
 * Reads `postgres://…`, `postgresql://…`, `sqlite:PATH` or a path.
 *
 * @throws AuditStoreError where it is none of these
 */
export function parseAuditStore(text: string): AuditStoreAddress {
  const [, scheme = ''] = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return { kind: 'sqlite', path: pathOf(text, text) };
    case 'sqlite':
    case 'file':
      return { kind: 'sqlite', path: pathOf(text.slice(scheme.length + 1).replace(/^\/\//, ''), text) };
    case 'postgres':
    case 'postgresql':
      if (/^[^:]+:\/\/[^/?]*\/[^/?]+(\?|$)/.test(text)) return { kind: 'postgres', url: text };
      throw new AuditStoreError(
        shownAddress(text),
        'write postgres://USER@HOST:PORT/DATABASE; the database is missing',
      );
    default:
      throw new AuditStoreError(shownAddress(text), HOW);
  }
}

const HOW = 'there is no such kind of store; give a path (SQLite) or postgres://USER@HOST:PORT/DATABASE';

function pathOf(path: string, text: string): string {
  if (path === '') throw new AuditStoreError(JSON.stringify(text), 'the path is missing; give the path of a file');
  return path;
}

/** An address as it may be shown: without a password. */
export function shownAuditStore(address: AuditStoreAddress): string {
  return address.kind === 'sqlite' ? address.path : shownAddress(address.url);
}

/**
 * Opens the audit store at an address, and makes it where there is none; with `mustExist` that is an error. Errors:
 * AuditStoreError.
 */
export async function openAuditStore(
  address: AuditStoreAddress,
  clock: Clock,
  { mustExist = false }: { readonly mustExist?: boolean } = {},
): Promise<LedgerStore> {
  if (address.kind === 'sqlite') {
    if (mustExist && !existsSync(address.path)) throw new AuditStoreError(address.path, 'there is no such file');
    return openSqliteAuditStore(address.path, clock);
  }
  // Loaded only where it is used: the driver is not small.
  const { openPostgresAuditStore } = await import('./postgres/postgres-store.js');
  return openPostgresAuditStore(address.url, { clock, mustExist });
}
