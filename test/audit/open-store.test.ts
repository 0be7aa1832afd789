import { describe, expect, it } from 'vitest';
import { parseAuditStore, shownAuditStore } from '../../src/audit/open-store.js';

describe('the address of an audit store', () => {
  it.each([
    ['/var/lib/lockstep/audit.db', { kind: 'sqlite', path: '/var/lib/lockstep/audit.db' }],
    ['audit.db', { kind: 'sqlite', path: 'audit.db' }],
    ['sqlite:audit.db', { kind: 'sqlite', path: 'audit.db' }],
    ['sqlite:///data/audit.db', { kind: 'sqlite', path: '/data/audit.db' }],
    ['postgres://u:p@db:5432/audit', { kind: 'postgres', url: 'postgres://u:p@db:5432/audit' }],
    ['postgresql://u@/audit?host=/run/pg', { kind: 'postgres', url: 'postgresql://u@/audit?host=/run/pg' }],
  ])('%s is understood', (text, address) => {
    expect(parseAuditStore(text)).toEqual(address);
  });

  it.each([
    ['', /the path is missing/],
    ['sqlite:', /the path is missing/],
    ['mysql://u:hidden@db/audit', /no such kind of store; give a path \(SQLite\) or postgres:\/\//],
    ['postgres://u:hidden@db', /the database is missing/],
    ['postgres://u:hidden@db/?sslmode=disable', /the database is missing/],
  ])('%s is refused with what to write, and without a password', (text, message) => {
    expect(() => parseAuditStore(text)).toThrow(message);
    expect(() => parseAuditStore(text)).not.toThrow(/hidden/);
  });

  it('is shown without a password, wherever that stands', () => {
    const shown = (text: string): string => shownAuditStore(parseAuditStore(text));
    expect(shown('postgres://lock:s3:c@ret%2F@db.example:5432/audit')).toBe('postgres://lock@db.example:5432/audit');
    expect(shown('postgres://db/audit?password=secret&user=lock')).toBe('postgres://db/audit');
    expect(shown('/data/audit.db')).toBe('/data/audit.db');
  });
});
