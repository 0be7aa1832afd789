import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.js';
import type { ApiTransport } from '../../api/http.js';
import type { AuditStore } from '../../audit/store.js';
import type { EvidenceResource } from '../../executors/access/evidence-source.js';
import type { Translator } from '../../plan/translator.js';
import {
  ApiError,
  type CallReport,
  type Client,
  FencedTransport,
  LeaderElector,
  Manager,
  type Part,
  createClient,
} from '../../runtime/index.js';
import type { Metrics } from '../../server/metrics.js';
import { type OperationsServer, serveOperations } from '../../server/operations-server.js';
import { attemptKeyInSecret } from './attempt-key-secret.js';
import { type OwnNames, neededRights } from './needed-rights.js';
import { describeMissing, missingRights } from './review-rights.js';
import { type RunningController, startController } from './running-controller.js';
import { untilAnswered } from './until-answered.js';

/** All that an installed controller is told. */
export interface Installation {
  readonly transport: ApiTransport;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  readonly translators: readonly Translator[];
  /** Where the runs are that it works on; [null]: everywhere. */
  readonly namespaces: readonly (string | null)[];
  /** Where its lease and its key are. */
  readonly ownNamespace: string;
  readonly names: OwnNames;
  readonly identity: string;
  readonly leaderElect: boolean;
  readonly openStore: (signal: AbortSignal) => Promise<AuditStore>;
  /** Null: neither probes nor metrics are served. */
  readonly operations: { readonly host: string; readonly port: number } | null;
  /** For an ordered stop, in ms. */
  readonly graceMs: number;
  readonly workers?: number;
}

/** A stuck leader is restarted when its lease is over for so long, in ms (client-go's healthz timeout). */
const STUCK_AFTER_MS = 20_000;

/**
 * Runs a controller until the signal is aborted. The order of its stop (rule N3): it takes nothing new, finishes the
 * passes under way, stores the audit trail, waits for the answer to every write, gives the lease back, and ends its
 * probes.
 *
 * @throws TaskFailedError where the lease was lost, a loop ended by itself, or something did not end in time
 */
export async function runInstalled(setup: Installation, signal: AbortSignal): Promise<void> {
  const { clock, log, metrics, names, ownNamespace } = setup;
  const direct = clientOver(setup, setup.transport);
  const elector = setup.leaderElect ? createElector(setup) : null;
  const fence = new FencedTransport(setup.transport, () => elector?.isLeading() ?? true);
  const controllers = new Controllers(setup, { direct, fence, elector });
  const manager = new Manager({
    clock,
    graceMs: setup.graceMs,
    onStopping: (part) => {
      log.info({ part }, 'stopping');
    },
  });
  if (setup.operations !== null) {
    const health = {
      alive: () => controllers.failure() ?? elector?.check(STUCK_AFTER_MS) ?? null,
      ready: () => (manager.stopping ? 'it is being stopped' : controllers.notReady()),
    };
    const { host, port } = setup.operations;
    const serve = (): Promise<OperationsServer> => serveOperations({ host, port, registry: metrics.registry, health });
    manager.add({ name: 'probes and metrics', run: (stop) => serveUntil(stop, serve, log) });
  }
  if (elector !== null) {
    metrics.followLeader(names.lease, () => elector.isLeading());
    log.info({ lease: `${ownNamespace}/${names.lease}`, identity: setup.identity }, 'waiting for the lease');
    manager.add({ name: 'leader election', run: (stop) => elector.run(stop) });
  }
  manager.add({ name: 'writes', run: (stop) => drainWhenStopped(stop, fence, clock) }, controllers.part());
  await manager.run(signal);
}

function clientOver({ clock, version, metrics }: Installation, transport: ApiTransport, purpose = ''): Client {
  const onCall = (report: CallReport): void => {
    metrics.call(report);
  };
  return createClient({ transport, clock, random: Math.random, userAgent: `lockstep/${version}${purpose}`, onCall });
}

function createElector(setup: Installation): LeaderElector {
  const { clock, log, names, ownNamespace, identity } = setup;
  return new LeaderElector({
    client: clientOver(setup, setup.transport, ' leader-election'),
    clock,
    random: Math.random,
    lease: { namespace: ownNamespace, name: names.lease },
    identity,
    onNewLeader: (leader) => {
      const said = leader === '' ? 'nobody leads' : leader === identity ? 'this process leads' : 'another leads';
      log.info({ leader }, said);
    },
    onProblem: (error) => {
      // Two candidates that meet at the same moment: one of them was faster.
      if (error instanceof ApiError && error.code === 409) log.debug({ because: error.message }, 'the lease is taken');
      else log.warn({ err: error }, 'the lease could not be read or written; it is tried again');
    },
  });
}

async function serveUntil(stop: AbortSignal, serve: () => Promise<OperationsServer>, log: Logger): Promise<void> {
  const server = await serve();
  log.info({ url: server.url }, 'probes and metrics are served');
  await aborted(stop);
  await server.close();
}

/** A write is answered, or given up, within 15 s; whoever waits longer waits in vain. */
const ANSWERED_MS = 15_000;

async function drainWhenStopped(stop: AbortSignal, fence: FencedTransport, clock: Clock): Promise<void> {
  await aborted(stop);
  const patience = new AbortController();
  const cancel = clock.after(ANSWERED_MS, () => {
    patience.abort();
  });
  try {
    await fence.drained(patience.signal);
  } finally {
    cancel();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

interface Reach {
  readonly direct: Client;
  readonly fence: FencedTransport;
  readonly elector: LeaderElector | null;
}

/** What the controllers of all namespaces share. */
interface Started {
  readonly key: Uint8Array;
  /** What may not be read. */
  readonly denied: readonly EvidenceResource[];
  readonly store: AuditStore;
  /** Aborted when one of them has ended by itself. */
  readonly failed: AbortController;
}

/** Verbs that no evidence needs. */
const WRITING: ReadonlySet<string> = new Set(['create', 'patch']);
const EVIDENCE: readonly EvidenceResource[] = ['events', 'nodes', 'persistentvolumeclaims'];

/** The controllers of all namespaces, with the audit store that they share. */
class Controllers {
  readonly #setup: Installation;
  readonly #reach: Reach;
  #running: readonly RunningController[] = [];
  #starting = 'it is starting';

  constructor(setup: Installation, reach: Reach) {
    this.#setup = setup;
    this.#reach = reach;
  }

  failure(): string | null {
    return this.#firstOf((controller) => controller.failure());
  }

  notReady(): string | null {
    if (this.#running.length === 0) return this.#starting;
    return this.#firstOf((controller) => controller.notReady() ?? controller.failure());
  }

  part(): Part {
    return { name: 'controller', run: (stop) => this.#run(stop) };
  }

  #firstOf(ask: (controller: RunningController) => string | null): string | null {
    for (const controller of this.#running) {
      const answer = ask(controller);
      if (answer !== null) return answer;
    }
    return null;
  }

  async #run(stop: AbortSignal): Promise<void> {
    const failed = new AbortController();
    this.#starting = 'the audit store is not open yet';
    const store = await this.#setup.openStore(stop);
    try {
      this.#starting = 'the key of the attempt proofs is not read yet';
      const { key, denied } = await this.#prepare(stop);
      this.#running = this.#setup.namespaces.map((namespace) => this.#start(namespace, { key, denied, store, failed }));
      await aborted(AbortSignal.any([stop, failed.signal]));
      await Promise.all(this.#running.map((controller) => controller.stop()));
    } finally {
      await store.close();
    }
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  async #prepare(stop: AbortSignal): Promise<Pick<Started, 'key' | 'denied'>> {
    const { clock, log, names, ownNamespace: namespace } = this.#setup;
    const trying = { clock, log, signal: stop };
    const { direct } = this.#reach;
    const denied = await untilAnswered('asking for our rights', () => this.#reviewRights(), trying);
    const ref = { namespace, name: names.secret };
    const key = await untilAnswered('the key', () => attemptKeyInSecret(direct, ref), trying);
    return { key, denied };
  }

  /** Tells what is missing, and answers what need not be tried. */
  async #reviewRights(): Promise<readonly EvidenceResource[]> {
    const { log, namespaces, ownNamespace: own, translators, names } = this.#setup;
    try {
      const missing = await missingRights(this.#reach.direct, neededRights(translators, names), {
        places: { namespaces, own },
        subject: 'self',
      });
      const required = describeMissing(missing.filter(({ right }) => right.optional === undefined));
      const optional = describeMissing(missing.filter(({ right }) => right.optional !== undefined));
      if (required.length > 0) log.error({ rights: required }, `rights are missing: ${required.join('; ')}`);
      if (optional.length > 0) log.info({ rights: optional }, 'optional rights are not granted');
      return EVIDENCE.filter((resource) =>
        missing.some(({ right, verb }) => right.resource === resource && !WRITING.has(verb)),
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.code >= 500 || error.code === 429) throw error;
      log.warn({ err: error }, 'this API server does not tell which rights we have');
      return [];
    }
  }

  #start(namespace: string | null, started: Started): RunningController {
    const { clock, log, metrics, translators, workers } = this.#setup;
    const { fence, elector } = this.#reach;
    const { key, denied, store, failed } = started;
    return startController({
      client: clientOver(this.#setup, fence),
      clock,
      namespace,
      key,
      store,
      metrics,
      log: namespace === null ? log : log.child({ watched: namespace }),
      translators,
      denied,
      onFailure: (message) => {
        failed.abort(new Error(message));
      },
      ...(workers === undefined ? {} : { workers }),
      ...(elector === null ? {} : { mayWork: (signal: AbortSignal) => elector.elected(signal) }),
    });
  }
}
