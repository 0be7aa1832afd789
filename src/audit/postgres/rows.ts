import type { AuditEvent } from '../../api/types.js';
import type { LedgerLine } from '../ledger.js';
import { parseEvent } from '../parse-event.js';
import type { PgRow } from './connection.js';

/** The text in a column. @throws TypeError where there is none: the table was changed by somebody else */
export function textOf(row: PgRow | undefined, name: string): string {
  const value = row?.[name];
  if (typeof value !== 'string') throw new TypeError(`column ${name} holds no text`);
  return value;
}

export function eventOf(row: PgRow): AuditEvent {
  return parseEvent(textOf(row, 'event'));
}

export function lineOf(row: PgRow): LedgerLine {
  return {
    n: Number(row['n']),
    uid: textOf(row, 'uid'),
    seq: Number(row['seq']),
    hash: textOf(row, 'hash'),
    prev: textOf(row, 'prev'),
  };
}
