import { pino } from 'pino';
import type { Clock } from '../../../src/api/clock.js';
import type { ApiTransport } from '../../../src/api/http.js';
import type { AuditStore } from '../../../src/audit/store.js';
import { type RunningController, startController } from '../../../src/cli/controller/running-controller.js';
import type { Translator } from '../../../src/plan/translator.js';
import { createClient } from '../../../src/runtime/index.js';
import { createMetrics } from '../../../src/server/metrics.js';
import type { ApiCall } from './api-call.js';
import type { Faults } from './faults.js';
import { Lifetime } from './lifetime.js';
import { type StoreCall, type StoreFault, recordingStore } from './recording-store.js';
import { type WatchShape, recordingTransport } from './recording-transport.js';

/** The key of the attempt proofs: it survives the process, as the key file of a data directory does. */
export const ATTEMPT_KEY = new Uint8Array(32).fill(7);

interface ProcessSetup {
  readonly number: number;
  readonly clock: Clock;
  readonly server: ApiTransport;
  readonly store: AuditStore;
  readonly faults: Faults;
  readonly calls: ApiCall[];
  readonly storeCalls: StoreCall[];
  readonly storeFaultOf: (call: StoreCall) => StoreFault | null;
  readonly shape?: WatchShape | undefined;
  /** Of the kinds that it runs. */
  readonly translators: readonly Translator[];
}

/** A Lockstep controller as it runs in `lockstep run`, but for the sockets. */
export class ControllerProcess {
  readonly number: number;
  /** Lines of its log at level warn and above. */
  readonly warnings: string[] = [];
  readonly #life = new Lifetime();
  readonly #controller: RunningController;

  constructor(setup: ProcessSetup) {
    const { number, clock, server, store, faults, calls, storeCalls, storeFaultOf, shape, translators } = setup;
    this.number = number;
    const life = this.#life;
    const transport = recordingTransport({ inner: server, life, faults, process: number, calls, shape });
    const mortalClock = life.clock(clock);
    this.#controller = startController({
      client: createClient({
        transport,
        clock: mortalClock,
        random: () => 0.5,
        userAgent: `lockstep/test process-${number}`,
      }),
      clock: mortalClock,
      namespace: null,
      key: ATTEMPT_KEY,
      store: recordingStore({ inner: store, life, process: number, calls: storeCalls, faultOf: storeFaultOf }),
      metrics: createMetrics('test'),
      log: pino({ level: 'warn' }, { write: (line: string) => void this.warnings.push(line) }),
      freeze: true,
      translators,
    });
  }

  get alive(): boolean {
    return this.#life.alive;
  }

  /** Why its loops ended, or null. */
  get failure(): string | null {
    return this.#controller.failure();
  }

  /** A process that was frozen goes on, with whatever it had in hand. */
  thaw(): void {
    this.#life.thaw();
  }

  /** kill -9: from now on nothing of it happens. */
  kill(): void {
    this.#life.end();
  }

  /** SIGTERM: finishes what is under way. */
  async stop(): Promise<void> {
    if (this.alive) await this.#controller.stop();
    this.kill();
  }
}
