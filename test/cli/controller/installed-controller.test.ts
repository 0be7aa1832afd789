import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiRequest, ApiTransport } from '../../../src/api/http.js';
import { isJsonObject } from '../../../src/api/json.js';
import type { WorkflowExecution } from '../../../src/api/types.js';
import { MemoryAuditStore } from '../../../src/audit/memory-store.js';
import { runInstalled } from '../../../src/cli/controller/installed-controller.js';
import { OWN_NAMES } from '../../../src/cli/controller/needed-rights.js';
import { TRANSLATORS } from '../../../src/cli/kinds.js';
import { NAMESPACES, PODS } from '../../../src/cluster/resource.js';
import { TaskFailedError, createClient } from '../../../src/runtime/index.js';
import { createMetrics } from '../../../src/server/metrics.js';
import { EXECUTION, RUNS } from '../../support/embedded-world.js';
import { NAMESPACE, startCluster } from '../../support/embedded/embedded-cluster.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { VirtualClock, settle } from '../../support/virtual-clock.js';

const OWN = 'lockstep-system';

/** A replica of an installed controller, and its way to the API server. */
interface Replica {
  /** Its requests that change something, as `METHOD plural`, in order; `held` ones are not sent yet. */
  readonly writes: string[];
  /** From now on nothing that it sends arrives, until it is let go. */
  hold(): void;
  letGo(): void;
  stop(): void;
  /** The value of a metric without labels. */
  metric(name: string): Promise<number>;
  /** Null: it runs. */
  end: 'stopped' | Error | null;
}

async function setUp() {
  const clock = new VirtualClock();
  // Each step takes ten seconds.
  const cluster = await startCluster(clock, () => ({ end: { exitCode: 0, afterMs: 10_000 } }));
  await cluster.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OWN } });
  const store = new MemoryAuditStore();
  const start = (identity: string): Replica => startReplica(cluster.server.transport(), { clock, identity, store });
  const submit = async (name: string, steps: number): Promise<void> => {
    const spec = workflow(Array.from({ length: steps }, (_, index) => podStep(`step-${index + 1}`)));
    const { apiVersion, kind } = EXECUTION;
    await cluster.client.create(RUNS, {
      apiVersion,
      kind,
      metadata: { namespace: NAMESPACE, name },
      spec,
    } as unknown as WorkflowExecution);
  };
  const phase = async (name: string): Promise<string | undefined> =>
    (await cluster.client.get(RUNS, { namespace: NAMESPACE, name })).status?.phase;
  const ended = async (name: string): Promise<void> => {
    for (let waited = 0; (await phase(name)) !== 'Succeeded'; waited += 1_000) {
      if (waited > 300_000) throw new Error(`${name} is ${(await phase(name)) ?? 'not begun'}`);
      await clock.advance(1_000);
    }
  };
  const podsOf = async (): Promise<readonly string[]> => {
    const { items } = await cluster.client.list(PODS, { namespace: NAMESPACE });
    return items.map(({ metadata }) => metadata.labels?.['lockstep.dev/task'] ?? '').sort();
  };
  return { clock, cluster, store, start, submit, phase, ended, podsOf };
}

function startReplica(
  inner: ApiTransport,
  {
    clock,
    identity,
    store,
  }: { readonly clock: VirtualClock; readonly identity: string; readonly store: MemoryAuditStore },
): Replica {
  let held: Promise<void> | null = null;
  let open = (): void => undefined;
  const writes: string[] = [];
  const deliver: ApiTransport['send'] = async (request, options) => {
    await held;
    if (request.method !== 'GET') writes.push(describeWrite(request));
    return inner.send(request, options);
  };
  // Who gives up waiting does not call back what is on the wire.
  const transport: ApiTransport = {
    send: (request, options) =>
      held === null
        ? deliver(request, options)
        : Promise.race([deliver(request), rejectedBy(options?.signal ?? new AbortController().signal)]),
  };
  const stop = new AbortController();
  const metrics = createMetrics('test');
  const replica: Replica = {
    async metric(name) {
      const found = new RegExp(`^${name} (.*)$`, 'm').exec(await metrics.registry.metrics());
      return Number(found?.[1]);
    },
    writes,
    hold() {
      held = new Promise((resolve) => {
        open = resolve;
      });
    },
    letGo() {
      held = null;
      open();
    },
    stop: () => {
      stop.abort();
    },
    end: null,
  };
  runInstalled(
    {
      transport,
      clock,
      log: pino({ level: 'silent' }),
      metrics,
      version: 'test',
      translators: TRANSLATORS,
      namespaces: [null],
      ownNamespace: OWN,
      names: OWN_NAMES,
      identity,
      leaderElect: true,
      openStore: () => Promise.resolve({ ...asPort(store), close: () => Promise.resolve() }),
      operations: null,
      graceMs: 25_000,
    },
    stop.signal,
  ).then(
    () => {
      replica.end = 'stopped';
    },
    (error: unknown) => {
      replica.end = error instanceof Error ? error : new Error(String(error));
    },
  );
  return replica;
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => {
      reject(new Error('given up'));
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

/** One store for both, which neither of them closes. */
function asPort(store: MemoryAuditStore) {
  return {
    append: store.append.bind(store),
    eventsOf: store.eventsOf.bind(store),
    runsNamed: store.runsNamed.bind(store),
    lastSeq: store.lastSeq.bind(store),
  };
}

function describeWrite({ method, path }: ApiRequest): string {
  const parts = path.split('/');
  const namespaced = parts.indexOf('namespaces');
  const plural = namespaced < 0 ? parts.at(-1) : parts[namespaced + 2];
  return `${method} ${plural ?? ''}${path.endsWith('/status') ? '/status' : ''}`;
}

/** What is neither the lease nor a question. */
function work({ writes }: Replica): readonly string[] {
  return writes.filter((write) => !/leases|secrets|accessreviews/.test(write));
}

describe('an installed controller, or two replicas of one', () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });
  const world = async () => {
    const made = await setUp();
    open.push(made.cluster);
    return made;
  };

  it('share a key and a lease; one works, the other only looks', async () => {
    const { clock, cluster, start, submit, ended, podsOf } = await world();
    const a = start('a');
    await clock.advance(5_000);
    const b = start('b');
    await clock.advance(5_000);
    await submit('run', 2);
    await ended('run');
    expect(work(a).length).toBeGreaterThan(5);
    expect(work(b)).toEqual([]);
    expect([a, b].flatMap(({ writes }) => writes.filter((write) => write === 'POST secrets'))).toHaveLength(1);
    expect(await podsOf()).toEqual(['step-1', 'step-2']);
    expect(cluster.errors).toEqual([]);
    a.stop();
    b.stop();
    await clock.advance(30_000);
    expect([a.end, b.end]).toEqual(['stopped', 'stopped']);
  });

  it('N3: hand over when one stops: its lease is the last thing that it writes, and the run goes on', async () => {
    const { clock, start, submit, ended, phase, podsOf } = await world();
    const a = start('a');
    await clock.advance(5_000);
    const b = start('b');
    await submit('run', 2);
    await clock.advance(5_000);
    expect(await phase('run')).toBe('Running');
    a.stop();
    await clock.advance(10_000);
    expect(a.end).toBe('stopped');
    expect(a.writes.at(-1)).toBe('PUT leases');
    const before = a.writes.length;
    await ended('run');
    expect(a.writes).toHaveLength(before);
    expect(work(b).length).toBeGreaterThan(3);
    expect(await podsOf()).toEqual(['step-1', 'step-2']);
    b.stop();
    await clock.advance(30_000);
  });

  it('leaves what waits in the queue to its successor when it stops', async () => {
    const { clock, cluster, start, submit } = await world();
    const a = start('a');
    await clock.advance(5_000);
    a.hold();
    for (let n = 1; n <= 40; n += 1) await submit(`run-${String(n)}`, 1);
    await settle();
    a.stop();
    a.letGo();
    await clock.advance(20_000);
    expect(a.end).toBe('stopped');
    const { items } = await cluster.client.list(RUNS, { namespace: NAMESPACE });
    const begun = items.filter(({ status }) => status?.phase !== undefined);
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.length).toBeLessThan(items.length / 2);
  });

  it('W4: tell how long it took to the first decision, without the wait for the lease', async () => {
    const { clock, start, submit, ended } = await world();
    const a = start('a');
    const b = start('b');
    await clock.advance(60_000);
    await submit('first', 1);
    await ended('first');
    // Nothing was there to be decided on for a minute.
    expect(await a.metric('lockstep_time_to_first_decision_seconds')).toBeGreaterThanOrEqual(60);
    expect(await b.metric('lockstep_time_to_first_decision_seconds')).toBe(0);
    a.stop();
    await clock.advance(30_000);
    expect(await b.metric('lockstep_time_to_first_decision_seconds')).toBeLessThan(1);
    await submit('second', 1);
    await ended('second');
    expect(work(b).length).toBeGreaterThan(0);
    b.stop();
    await clock.advance(30_000);
  });

  it('one whose requests do not arrive for longer than its lease does no harm when they do', async () => {
    const { clock, start, submit, ended, podsOf, store, cluster } = await world();
    const a = start('a');
    await clock.advance(5_000);
    const b = start('b');
    await submit('run', 3);
    await clock.advance(8_000);
    // In the middle of the run: what it sends from now on is on the wire.
    a.hold();
    await clock.advance(70_000);
    expect(a.end).toBeInstanceOf(TaskFailedError);
    expect(work(b).length).toBeGreaterThan(0);
    const sent = work(a).length;
    a.letGo();
    await settle();
    // It had sent something before it knew: that arrives now, when the other has gone on.
    expect(work(a).length).toBeGreaterThan(sent);
    await ended('run');
    await clock.advance(30_000);
    expect(await podsOf()).toEqual(['step-1', 'step-2', 'step-3']);
    const run = await cluster.client.get(RUNS, { namespace: NAMESPACE, name: 'run' });
    const events = await store.eventsOf(run.metadata.uid);
    expect(events.filter(({ type }) => type === 'attempt.starting')).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'run.succeeded')).toHaveLength(1);
    expect(events.map(({ id }) => id)).toEqual([...new Set(events.map(({ id }) => id))]);
    b.stop();
    await clock.advance(30_000);
  });

  it('gives the lease back with its process and not before: a successor under the same name goes on at once', async () => {
    const { clock, cluster, start } = await world();
    const a = start('pod-1');
    await clock.advance(5_000);
    a.hold();
    const again = start('pod-1');
    await clock.advance(1_000);
    const lease = await createClient({
      transport: cluster.server.transport(),
      clock,
      random: () => 0,
      userAgent: 'test',
    }).call({ method: 'GET', path: `/apis/coordination.k8s.io/v1/namespaces/${OWN}/leases/${OWN_NAMES.lease}` });
    expect(isJsonObject(lease) ? lease['spec'] : null).toMatchObject({ holderIdentity: 'pod-1', leaseTransitions: 0 });
    expect(again.writes).toContain('PUT leases');
    again.stop();
    a.stop();
    a.letGo();
    await clock.advance(60_000);
  });
});
