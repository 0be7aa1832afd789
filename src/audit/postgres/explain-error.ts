import { AuditStoreError } from '../store-error.js';

const BROKEN = 'the connection broke; look at the server. Nothing is lost, it is tried again';

/** SQLSTATEs (postgresql.org/docs/current/errcodes-appendix.html) that say what a person can do about it. */
const ADVICE_BY_STATE: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong; give the right one in the address, in PGPASSWORD or in ~/.pgpass',
  '28000': 'the server does not let this user in; look at the user and at pg_hba.conf',
  '3D000': 'there is no such database; make it (createdb), or give another address',
  '42501': 'the user lacks a right; grant it CREATE on the database, and all rights on the schema lockstep_audit',
  '53100': "the server's disk is full; make room. Nothing is lost, it is tried again",
  '53200': 'the server has no memory left. Nothing is lost, it is tried again',
  '53300': 'the server has no connection left; raise max_connections or end others. Nothing is lost, it is tried again',
  '55P03': 'another controller holds its lock; nothing is lost, it is tried again',
  '57014': 'the server took too long; look at its load. Nothing is lost, it is tried again',
  '57P01': 'the server is shutting down; start it again. Nothing is lost, it is tried again',
  '57P02': 'the server crashed and starts again; nothing is lost, it is tried again',
  '57P03': 'the server is starting or stopping; nothing is lost, it is tried again',
  '25006': 'it is read-only, such as a standby; give the address of the primary',
  '25P03': 'the transaction stood still too long and was ended; nothing is lost, it is tried again',
  '42P01': 'a table is missing; restore it from a backup, or give another database to go on',
};

/** Classes of SQLSTATEs: the first two characters. */
const ADVICE_BY_CLASS: Readonly<Record<string, string>> = {
  '08': BROKEN,
  '53': 'the server lacks a resource; look at it. Nothing is lost, it is tried again',
  '57': 'the server interrupted it; nothing is lost, it is tried again',
  '58': "the server's disk or system reports an error; look at its log",
  XX: 'the data is damaged; look at the server log, and keep the database as it is',
};

/** Codes of Node's sockets, resolver and TLS. */
const ADVICE_BY_SOCKET: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; start PostgreSQL, or correct host and port',
  ENOENT: 'there is no such socket; start PostgreSQL, or correct the directory',
  EACCES: 'the socket may not be opened; give this user the right to',
  ENOTFOUND: 'the host is unknown; correct it, or look at the DNS',
  EAI_AGAIN: 'the host cannot be looked up just now; look at the DNS. Nothing is lost, it is tried again',
  ETIMEDOUT: 'the host does not answer; look at the network and its firewall. Nothing is lost, it is tried again',
  EHOSTUNREACH: 'the host cannot be reached; look at the network. Nothing is lost, it is tried again',
  ENETUNREACH: 'the host cannot be reached; look at the network. Nothing is lost, it is tried again',
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  ERR_INVALID_URL: 'this is no address; write postgres://USER@HOST:PORT/DATABASE',
};

/** What the driver says in words alone (pg 8.23: lib/client.js, pg-pool/index.js, lib/crypto/sasl.js). */
const ADVICE_BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^(timeout exceeded|timeout expired|Query read timeout|Connection terminated due to connection timeout)/,
    'the server does not answer; look at it, at its load and the network. Nothing is lost, it is tried again',
  ],
  [/^(Connection terminated|Client has encountered a connection error|Client was closed)/, BROKEN],
  [/^SASL: .*password must be/, 'the server wants a password; give it in the address, in PGPASSWORD or in ~/.pgpass'],
  [/^SASL/, 'the server and this program do not agree on the password; look at the address'],
  [/does not support SSL/, 'the server speaks no TLS; switch it on there, or write sslmode=disable'],
  [/certificate|altnames/, "the server's certificate is not accepted; give its CA as sslrootcert, or correct the host"],
];

/** What PostgreSQL, the driver or the network said, with the address and what to do. Other errors come back as they are. */
export function explainError(address: string, error: unknown): unknown {
  if (error instanceof AuditStoreError || !(error instanceof Error)) return error;
  // A host with several addresses that all failed.
  const said = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = codeOf(said);
  const advice = adviceOf(said, code);
  if (advice === null) return error;
  const detail = code === null ? said.message : `${code}: ${said.message}`;
  return new AuditStoreError(address, `${advice} (${detail})`, { cause: error });
}

function adviceOf(error: Error, code: string | null): string | null {
  const byCode =
    code === null ? undefined : (ADVICE_BY_STATE[code] ?? ADVICE_BY_SOCKET[code] ?? ADVICE_BY_CLASS[code.slice(0, 2)]);
  if (byCode !== undefined) return byCode;
  const byWords = ADVICE_BY_WORDS.find(([pattern]) => pattern.test(error.message))?.[1];
  if (byWords !== undefined) return byWords;
  // Every other word of the server has a SQLSTATE of five characters.
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? 'the server refuses it; look at its log' : null;
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
