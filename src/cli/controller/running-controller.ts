import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.js';
import { parseInstant } from '../../api/instant.js';
import { AuditRelay } from '../../audit/relay.js';
import type { AuditStore } from '../../audit/store.js';
import type { EvidenceResource } from '../../executors/access/evidence-source.js';
import type { Translator } from '../../plan/translator.js';
import { AbortedError, type Client, createEventRecorder } from '../../runtime/index.js';
import type { Metrics } from '../../server/metrics.js';
import { TRANSLATORS } from '../kinds.js';
import { createObserver } from './observe-run.js';
import { assembleController } from './start-controller.js';

export interface RunningSetup {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespace: string | null;
  readonly key: Uint8Array;
  readonly store: AuditStore;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Told when a loop of the controller has ended by itself: nothing goes on any more. */
  readonly onFailure?: (message: string) => void;
  readonly freeze?: boolean;
  /** The kinds that it runs; default: all that this Lockstep has. */
  readonly translators?: readonly Translator[];
  /** Runs that are worked on at a time. */
  readonly workers?: number;
  /** See RunControllerOptions: until then it only fills its caches. */
  readonly mayWork?: (signal: AbortSignal) => Promise<void>;
  /** What it has no right to read. Default: nothing. */
  readonly denied?: readonly EvidenceResource[];
}

/** A controller at work in this process. */
export interface RunningController {
  /** Null: its caches are filled. */
  notReady(): string | null;
  /** Null: its loops run; else why they ended. */
  failure(): string | null;
  /** Finishes the passes under way, stores what is left of the audit trail, and ends. */
  stop(): Promise<void>;
}

/** How long the end of a process waits for the audit store, in ms: what is not stored then is still in the status. */
const FLUSH_MS = 5_000;

/** Starts a controller and its audit relay. */
export function startController(setup: RunningSetup): RunningController {
  const { client, clock, log, store, metrics } = setup;
  const abort = new AbortController();
  const relayAbort = new AbortController();
  const runs = new Set<string>();
  const forked = new Set<string>();
  const recorder = createEventRecorder({ client, clock, component: 'lockstep' });
  const observer = createObserver({ recorder, log, metrics });
  const relay = new AuditRelay({
    store,
    clock,
    listener: {
      acked: (uid) => {
        controller.enqueue(uid);
      },
      backlogChanged: (backlog) => {
        if (backlog === null) log.info('the audit store takes events again');
        else log.error({ since: backlog.since }, backlog.message);
        for (const uid of runs) controller.enqueue(uid);
      },
      forked: (event) => {
        forked.add(event.subject.uid);
        controller.enqueue(event.subject.uid);
        log.error(
          { uid: event.subject.uid, seq: event.seq, event: event.type },
          'the audit store has another event under this number: the history of this run was rolled back or written anew',
        );
      },
    },
  });
  const controller = assembleController({
    ...setup,
    translators: setup.translators ?? TRANSLATORS,
    relay: {
      submit: (uid, outbox) => {
        runs.add(uid);
        relay.submit(uid, outbox);
      },
      ackedOf: (uid) => relay.ackedOf(uid),
      forked: (uid) => forked.has(uid),
      backlog: () => relay.backlog(),
      forget: (uid) => {
        runs.delete(uid);
        relay.forget(uid);
      },
    },
    observer,
  });
  metrics.queue.follow(controller.queue);
  metrics.follow({
    oldestUnstoredSeconds: () => {
      const oldest = parseInstant(relay.oldestUnstored());
      return oldest === null ? 0 : Math.max(0, clock.now() - oldest) / 1_000;
    },
  });
  let failure: string | null = null;
  const fail = (what: string) => (error: unknown) => {
    if (abort.signal.aborted && error instanceof AbortedError) return;
    failure = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (abort.signal.aborted) return;
    log.fatal({ err: error }, failure);
    setup.onFailure?.(failure);
  };
  const working = controller.run(abort.signal).catch(fail('the controller ended'));
  const relaying = relay.run(relayAbort.signal).catch(fail('the audit relay ended'));
  return {
    notReady: () => controller.notReady(),
    failure: () => failure,
    async stop() {
      abort.abort();
      await working;
      relayAbort.abort();
      await relaying;
      await relay.flush(AbortSignal.timeout(FLUSH_MS));
    },
  };
}
