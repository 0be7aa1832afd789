import type { Instant } from '../../../api/instant.js';
import type { ExitedState, RuntimeContainer, RuntimeState } from '../runtime.js';
import { ContainerLog } from './container-log.js';
import type { InstanceDir, InstanceRecord, Processes } from './instance-dir.js';
import { bootId, isAlive } from './process-identity.js';
import { terminationMessage } from './termination-message.js';

/** A shim that has begun is given this long to show the process; it does so within milliseconds. */
const CLAIM_MS = 5_000;
/** Nobody wrote down how it ended: shim and process are gone. */
const LOST = 'the process and its shim are gone (killed, or the machine was restarted): how it ended is not known';

/** One run of a container as a process: what its directory says of it. */
export class ProcessInstance {
  readonly dir: InstanceDir;
  readonly record: InstanceRecord;
  readonly log: ContainerLog;
  #processes: Processes | null;
  #state: RuntimeState;

  constructor(dir: InstanceDir, record: InstanceRecord, now: Instant) {
    this.dir = dir;
    this.record = record;
    this.log = new ContainerLog(dir.file('log'));
    this.#processes = dir.processes();
    this.#state = { kind: 'Running', startedAt: this.#processes?.since ?? now };
  }

  get processes(): Processes | null {
    return this.#processes;
  }

  get container(): RuntimeContainer {
    const { id, podUid, container, attempt } = this.record;
    return { id, podUid, container, attempt, state: this.#state };
  }

  get running(): boolean {
    return this.#state.kind === 'Running';
  }

  /** Looks whether it has ended; true where it has since the last look. */
  look(now: Instant): boolean {
    if (!this.running) return false;
    this.#findProcesses();
    this.log.look(now);
    const ended = this.#refused() ?? this.#exited() ?? this.#lost(now);
    if (ended === null) return false;
    this.log.look(now);
    this.#state = ended;
    return true;
  }

  #findProcesses(): void {
    if (this.#processes !== null) return;
    this.#processes = this.dir.processes();
    // The same instant for each kubelet that will ever look.
    if (this.#processes !== null) this.#state = { kind: 'Running', startedAt: this.#processes.since };
  }

  get #startedAt(): Instant | null {
    return this.#processes?.since ?? null;
  }

  #refused(): ExitedState | null {
    const refusal = this.dir.refusal();
    if (refusal === null) return null;
    const { message, at } = refusal;
    return { kind: 'Exited', startedAt: 0, finishedAt: at, exitCode: 128, reason: 'StartError', message };
  }

  #exited(): ExitedState | null {
    const exit = this.dir.exit();
    if (exit === null) return null;
    const byUs = this.dir.memoryKill();
    const forMemory = exit.oomKills > 0 || byUs !== null;
    const failed = exit.code !== 0;
    const own = terminationMessage(this.dir, { failed, fallbackToLogs: this.record.fallbackToLogs });
    return {
      kind: 'Exited',
      startedAt: this.#startedAt,
      finishedAt: exit.at,
      exitCode: exit.code,
      reason: forMemory ? 'OOMKilled' : failed ? 'Error' : 'Completed',
      message: own === '' ? byUs : own,
    };
  }

  /** Nothing of it is left that could still write down its end. */
  #lost(now: Instant): ExitedState | null {
    const found = this.#processes;
    const sameBoot = this.record.bootId === bootId();
    const claimedAt = this.dir.claimedAt();
    const young = found === null && (claimedAt === null || now - claimedAt < CLAIM_MS);
    const alive = found !== null && (isAlive(found.shim) || isAlive(found.main));
    if (sameBoot && (young || alive)) return null;
    // It may have been written between the two looks.
    return (
      this.#exited() ?? {
        kind: 'Exited',
        startedAt: this.#startedAt,
        finishedAt: now,
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: LOST,
      }
    );
  }
}
