import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditStoreError } from '../../../src/audit/store-error.js';
import { verifyLedger } from '../../../src/audit/ledger.js';
import { openPostgresAuditStore } from '../../../src/audit/postgres/postgres-store.js';
import { AuditRelay } from '../../../src/audit/relay.js';
import { PrivatePostgres, mayUsePostgres } from '../../support/postgres/private-postgres.js';
import { type TcpRelay, openTcpRelay } from '../../support/postgres/tcp-relay.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { sampleRun, sampleTrail } from '../sample-trail.js';
import { describeStore } from '../store-contract.js';

const clock = new VirtualClock();

describe.runIf(mayUsePostgres())('on a PostgreSQL of our own', () => {
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
  }, 60_000);
  afterAll(() => postgres.close());

  describeStore('PostgreSQL', async () => {
    const url = await postgres.newDatabase();
    return { open: () => openPostgresAuditStore(url, { clock }) };
  });

  describe('the PostgreSQL audit store', () => {
    it('has all that it took, and its own identity, when it is opened again', async () => {
      const url = await postgres.newDatabase();
      const first = await openPostgresAuditStore(url, { clock });
      await first.append(sampleTrail());
      await first.close();
      const second = await openPostgresAuditStore(url, { clock });
      expect(await second.eventsOf(sampleRun().uid)).toEqual(sampleTrail());
      expect(second.id).toBe(first.id);
      await second.close();
    });

    it('makes its tables once, however many open it first at the same time', async () => {
      const url = await postgres.newDatabase();
      const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresAuditStore(url, { clock })));
      expect(new Set(stores.map(({ id }) => id)).size).toBe(1);
      for (const store of stores) await store.close();
    });

    it('stores all of a batch or nothing', async () => {
      const store = await openPostgresAuditStore(await postgres.newDatabase(), { clock });
      const [first, second] = sampleTrail();
      if (first === undefined || second === undefined) throw new Error('no events');
      const broken = { ...second, type: undefined } as unknown as typeof second;
      await expect(store.append([first, broken])).rejects.toThrow(/audit store .*23502/);
      expect(await store.eventsOf(sampleRun().uid)).toEqual([]);
      expect(await store.ledger()).toEqual([]);
      expect(await store.append([first, second])).toEqual(['stored', 'stored']);
      await store.close();
    });

    it('waits for the disk at each commit, also where the server was told not to', async () => {
      const url = await postgres.newDatabase();
      const name = databaseOf(url);
      await postgres.admin(`ALTER DATABASE ${name} SET synchronous_commit = off`);
      const store = await openPostgresAuditStore(url, { clock });
      await postgres.admin('CREATE TABLE seen (setting text)', name);
      await postgres.admin(
        `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$`,
        name,
      );
      await postgres.admin(
        'CREATE TRIGGER note BEFORE INSERT ON lockstep_audit.ledger FOR EACH STATEMENT EXECUTE FUNCTION note()',
        name,
      );
      await store.append(sampleTrail());
      expect(await postgres.admin('SELECT setting FROM seen', name)).toEqual([{ setting: 'on' }]);
      await store.close();
    });

    it('finds the trail of a name without reading all events', async () => {
      const url = await postgres.newDatabase();
      await (await openPostgresAuditStore(url, { clock })).close();
      const name = databaseOf(url);
      await postgres.admin(`ALTER DATABASE ${name} SET enable_seqscan = off`);
      const plan = await postgres.admin(
        "EXPLAIN SELECT uid FROM lockstep_audit.events WHERE namespace = 'a' AND name = 'b' GROUP BY uid",
        name,
      );
      expect(JSON.stringify(plan)).toContain('events_by_name');
    });

    it('needs no right but to read where there is nothing to make', async () => {
      const url = await postgres.newDatabase();
      const name = databaseOf(url);
      const writer = await openPostgresAuditStore(url, { clock });
      await writer.append(sampleTrail());
      await postgres.admin('CREATE ROLE auditor LOGIN');
      await postgres.admin('GRANT USAGE ON SCHEMA lockstep_audit TO auditor', name);
      await postgres.admin('GRANT SELECT ON ALL TABLES IN SCHEMA lockstep_audit TO auditor', name);
      const reader = await openPostgresAuditStore(postgres.url(name, 'auditor'), { clock });
      expect(await reader.eventsOf(sampleRun().uid)).toHaveLength(4);
      await expect(reader.append(sampleTrail({ uid: 'x' }))).rejects.toThrow(
        /the user lacks a right; grant it .*42501/,
      );
      await reader.close();
      await writer.close();
    });
  });

  describe('a PostgreSQL that cannot take events', () => {
    let relay: TcpRelay;
    let over: string;
    beforeAll(async () => {
      relay = await openTcpRelay(postgres.socket);
      over = `postgres://keeper:wrong@127.0.0.1:${relay.port}`;
      await postgres.admin("CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'secret'");
    });
    afterAll(() => relay.close());

    const openOver = async (patienceMs?: number) => {
      const database = databaseOf(await postgres.newDatabase());
      const store = await openPostgresAuditStore(`${over.replace('wrong', 'secret')}/${database}`, {
        clock,
        ...(patienceMs === undefined ? {} : { patienceMs }),
      });
      return { store, database };
    };

    it('whose connections break: it says so, with the address and without the password, and takes them again', async () => {
      const { store } = await openOver();
      await store.append(sampleTrail());
      relay.breakAfter('FOR UPDATE');
      const failure: unknown = await store.append(sampleTrail({ uid: 'next' })).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AuditStoreError);
      expect(String(failure)).toMatch(
        /audit store postgres:\/\/keeper@127\.0\.0\.1:\d+\/audit_\d+: the connection broke; look at the server\. Nothing is lost, it is tried again/,
      );
      expect(String(failure)).not.toContain('secret');
      relay.breakAfter(null);
      expect(await store.append(sampleTrail({ uid: 'next' }))).toEqual(Array(4).fill('stored'));
      expect(verifyLedger(store.id, await store.ledger())).toEqual([]);
      await store.close();
    });

    it('that loses the answer to a commit: the repeated append finds the events there, each once', async () => {
      const { store } = await openOver();
      relay.breakAfter('COMMIT\0');
      await expect(store.append(sampleTrail())).rejects.toThrow(/the connection broke/);
      relay.breakAfter(null);
      expect(await store.append(sampleTrail())).toEqual(Array(4).fill('known'));
      expect(await store.ledger()).toHaveLength(4);
      expect(verifyLedger(store.id, await store.ledger())).toEqual([]);
      await store.close();
    });

    it('that goes away while nobody asks it anything: the next append opens a new connection', async () => {
      const { store } = await openOver();
      await store.append(sampleTrail());
      relay.breakAll();
      const answers = await store.append(sampleTrail()).catch(() => store.append(sampleTrail()));
      expect(answers).toEqual(Array(4).fill('known'));
      await store.close();
    });

    it('that says nothing any more: it is given up after a time, and the error says so', async () => {
      const { store } = await openOver(100);
      relay.silent(true);
      await expect(store.append(sampleTrail())).rejects.toThrow(/the server does not answer; look at it/);
      relay.silent(false);
      relay.breakAll();
      expect(await store.append(sampleTrail())).toEqual(Array(4).fill('stored'));
      await store.close();
    });

    it('whose lock a writer holds that stands still: the server ends that one, the other goes on', async () => {
      const { store, database } = await openOver(200);
      const other = await openPostgresAuditStore(postgres.url(database), { clock, patienceMs: 2_000 });
      // The writer has its lock, and the rest of what it says gets stuck on the way, as if its process were stopped.
      const stuck = await openTcpRelay(postgres.socket);
      const still = await openPostgresAuditStore(
        `${over.replace('wrong', 'secret').replace(String(relay.port), String(stuck.port))}/${database}`,
        { clock, patienceMs: 400 },
      );
      stuck.muteAfter('FOR UPDATE');
      const lost = still.append(sampleTrail()).catch((error: unknown) => error);
      await stuck.muted;
      expect(await other.append(sampleTrail({ uid: 'other' }))).toEqual(Array(4).fill('stored'));
      expect(await lost).toBeInstanceOf(AuditStoreError);
      expect(await other.eventsOf(sampleRun().uid)).toEqual([]);
      await Promise.all([store.close(), other.close(), still.close(), stuck.close()]);
    });

    it('with a wrong password, no password, no such database, nobody there: each is told with what to do', async () => {
      const { database } = await openOver();
      const open = (url: string) => openPostgresAuditStore(url, { clock });
      await expect(open(`${over}/${database}`)).rejects.toThrow(/the password is wrong; give the right one/);
      await expect(open(`${over.replace(':wrong', '')}/${database}`)).rejects.toThrow(/the server wants a password/);
      await expect(open(`${over.replace('wrong', 'secret')}/nowhere`)).rejects.toThrow(
        /there is no such database; make it/,
      );
      await expect(open('postgres://admin@127.0.0.1:1/x')).rejects.toThrow(/nobody listens there; start PostgreSQL/);
      await expect(open(postgres.url(database).replace(postgres.directory, '/nowhere'))).rejects.toThrow(
        /there is no such socket/,
      );
      await expect(open(`${over.replace('wrong', 'secret')}/${database}?sslmode=require`)).rejects.toThrow(
        /the server speaks no TLS; switch it on there, or write sslmode=disable/,
      );
    });

    it('where the user may make nothing: the missing right is named', async () => {
      const database = databaseOf(await postgres.newDatabase());
      await postgres.admin('CREATE ROLE nobody LOGIN');
      await expect(openPostgresAuditStore(postgres.url(database, 'nobody'), { clock })).rejects.toThrow(
        /grant it CREATE on the database, and all rights on the schema lockstep_audit.*42501/,
      );
    });

    it('whose tables a later version made, or that was replaced under a running controller: it is left alone', async () => {
      const { store, database } = await openOver();
      await postgres.admin("UPDATE lockstep_audit.store SET id = 'another'", database);
      await expect(store.append(sampleTrail())).rejects.toThrow(/another store stands there now than at the start/);
      await postgres.admin('INSERT INTO lockstep_audit.migrations VALUES (99, now())', database);
      await expect(openPostgresAuditStore(postgres.url(database), { clock })).rejects.toThrow(
        /version 99, made by a later Lockstep/,
      );
      await store.close();
    });

    it('that crashes under the relay: the backlog says why, and everything is stored once it is back', async () => {
      const url = await postgres.newDatabase();
      const store = await openPostgresAuditStore(url, { clock });
      const backlogs: (string | null)[] = [];
      const carrier = new AuditRelay({
        store,
        clock,
        listener: {
          acked: () => undefined,
          backlogChanged: (backlog) => backlogs.push(backlog?.message ?? null),
          forked: () => undefined,
        },
        retry: { retries: 0, minTimeout: 1, maxTimeout: 1 },
      });
      carrier.submit(sampleRun().uid, sampleTrail().slice(0, 2));
      expect(await carrier.flush(new AbortController().signal)).toBe(true);
      await postgres.stopServer();
      carrier.submit(sampleRun().uid, sampleTrail());
      expect(await carrier.flush(new AbortController().signal)).toBe(false);
      expect(carrier.backlog()).toMatch(/audit store postgres:.*Nothing is lost|there is no such socket/);
      expect(carrier.ackedOf(sampleRun().uid)).toBe(2);
      await postgres.startServer();
      expect(await carrier.flush(new AbortController().signal)).toBe(true);
      expect(backlogs.at(-1)).toBeNull();
      expect(await store.eventsOf(sampleRun().uid)).toEqual(sampleTrail());
      expect(verifyLedger(store.id, await store.ledger())).toEqual([]);
      await store.close();
    });
  });
});

function databaseOf(url: string): string {
  return /\/(audit_\d+)/.exec(url)?.[1] ?? '';
}
