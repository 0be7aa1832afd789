/**
 * Events, the forks of them, and the ledger: the order in which this store took them, hash-chained by itself. Events
 * are kept as text: jsonb would write them anew, and refuse U+0000, which a step may have printed.
 */
export const EVENTS = `
CREATE TABLE lockstep_audit.store (
  id text PRIMARY KEY,
  created timestamptz NOT NULL,
  only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one)
);

CREATE TABLE lockstep_audit.events (
  uid text NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  time timestamptz NOT NULL,
  type text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  event text NOT NULL,
  PRIMARY KEY (uid, seq)
);
CREATE INDEX events_by_name ON lockstep_audit.events (namespace, name, time);
CREATE INDEX events_by_time ON lockstep_audit.events (time);

CREATE TABLE lockstep_audit.forks (
  uid text NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  seen timestamptz NOT NULL,
  event text NOT NULL,
  PRIMARY KEY (uid, seq, hash)
);

CREATE TABLE lockstep_audit.ledger (
  n bigint PRIMARY KEY,
  uid text NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  prev text NOT NULL
);
`;
