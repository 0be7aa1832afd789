/** Events, the forks of them, and the ledger: the order in which this store took them, hash-chained by itself. */
export const EVENTS = `
CREATE TABLE store (
  id TEXT NOT NULL PRIMARY KEY,
  created TEXT NOT NULL
) STRICT;

CREATE TABLE events (
  uid TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  time TEXT NOT NULL,
  type TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (uid, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_name ON events (namespace, name, time);
CREATE INDEX events_by_time ON events (time);

CREATE TABLE forks (
  uid TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  seen TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (uid, seq, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  n INTEGER NOT NULL PRIMARY KEY,
  uid TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  prev TEXT NOT NULL
) STRICT;
`;
