import { AuditStoreError } from '../../../src/audit/store-error.js';
import type { AuditStore } from '../../../src/audit/store.js';
import { type Lifetime, never } from './lifetime.js';

/** A call of a controller to its audit store. */
export interface StoreCall {
  readonly process: number;
  /** From 1, among the store calls of its process. */
  readonly ofProcess: number;
  readonly operation: string;
}

/**
 * What becomes of a call to the store:
 * - crash-before, crash-after: the process dies before it, or after it was carried out and unanswered.
 * - unsent: it fails, and nothing was stored. lost: it fails, although all was stored.
 * - frozen-before, frozen-after: the process stands still until it is thawed.
 */
export interface StoreFault {
  readonly kind: 'crash-before' | 'crash-after' | 'unsent' | 'lost' | 'frozen-before' | 'frozen-after';
  readonly onFreeze?: () => void;
}

interface RecordingStoreOptions {
  readonly inner: AuditStore;
  readonly life: Lifetime;
  readonly process: number;
  /** All store calls of the world; this store appends its own. */
  readonly calls: StoreCall[];
  readonly faultOf: (call: StoreCall) => StoreFault | null;
}

/** The way of a process to the audit store: writes down each call, does to it what the faults say, and dies with it. */
export function recordingStore({ inner, life, process, calls, faultOf }: RecordingStoreOptions): AuditStore {
  let ofProcess = 0;
  const call = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    if (!life.alive) return never();
    ofProcess += 1;
    const place = { process, ofProcess, operation };
    calls.push(place);
    const fault = faultOf(place);
    befall(fault, 'before', life);
    await life.whileFrozen();
    if (fault?.kind === 'unsent') throw new AuditStoreError('memory', 'cannot be reached');
    const result = await work();
    befall(fault, 'after', life);
    await life.whileFrozen();
    if (fault?.kind === 'lost') throw new AuditStoreError('memory', 'the connection broke');
    return result;
  };
  return {
    append: (events) => call('append', () => inner.append(events)),
    eventsOf: (uid) => call('eventsOf', () => inner.eventsOf(uid)),
    runsNamed: (namespace, name) => call('runsNamed', () => inner.runsNamed(namespace, name)),
    lastSeq: (uid) => call('lastSeq', () => inner.lastSeq(uid)),
    close: () => Promise.resolve(),
  };
}

function befall(fault: StoreFault | null, when: 'before' | 'after', life: Lifetime): void {
  if (fault?.kind === `crash-${when}`) life.end();
  if (fault?.kind !== `frozen-${when}`) return;
  life.freeze();
  fault.onFreeze?.();
}
