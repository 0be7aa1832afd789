import type { Clock } from '../api/clock.js';
import { type AuditStoreAddress, openAuditStore, parseAuditStore, shownAuditStore } from '../audit/open-store.js';
import type { AuditStore } from '../audit/store.js';
import type { Io } from './io.js';
import type { GlobalOptions } from './options.js';
import { shellWord } from './shell-word.js';

/** The audit store that `--audit-store` or LOCKSTEP_AUDIT_STORE names; null: neither does. Errors: AuditStoreError. */
export function namedAuditStore(options: GlobalOptions, io: Io): AuditStoreAddress | null {
  const text = options.auditStore ?? io.env['LOCKSTEP_AUDIT_STORE'] ?? '';
  return text === '' ? null : parseAuditStore(text);
}

/** Opens the audit store that the options name, else the one in a data directory. Errors: AuditStoreError. */
export function openNamedAuditStore(
  options: GlobalOptions,
  io: Io,
  { fallback, clock }: { readonly fallback: string; readonly clock: Clock },
): Promise<AuditStore> {
  return openAuditStore(namedAuditStore(options, io) ?? { kind: 'sqlite', path: fallback }, clock);
}

/** The flag that names the same store again, without its password; empty where no flag did. */
export function auditStoreFlag({ auditStore }: GlobalOptions): string {
  return auditStore === undefined ? '' : ` --audit-store ${shellWord(shownAuditStore(parseAuditStore(auditStore)))}`;
}
