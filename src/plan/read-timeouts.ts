import type { Json } from '../api/json.js';
import type { Reason } from '../api/types.js';
import type { Timeouts } from './plan.js';
import { readDuration } from './read-duration.js';
import type { SpecReader } from './spec-reader.js';

/** What an attempt may wait for before its containers run, as the CRDs list it under `timeouts.waiting`. */
const WAITS: readonly Reason[] = [
  'AdmissionRejected',
  'ConfigurationError',
  'ContainerCannotRun',
  'Forbidden',
  'ImagePull',
  'InitContainerFailed',
  'QuotaExceeded',
  'SandboxFailed',
  'Unschedulable',
  'VolumeMount',
];

const START_MS = 600_000;
const RUN_MS = 3_600_000;
const STOP_MS = 120_000;

/** Reads `timeouts`; where it says nothing, the defaults are those of the CRDs. */
export function readTimeouts(reader: SpecReader, value: Json | undefined, path: string): Timeouts {
  const fields = reader.object(value, path);
  const waiting = readWaiting(reader, fields['waiting'], `${path}.waiting`);
  return {
    startMs: readDuration(reader, fields['start'], { path: `${path}.start`, otherwise: START_MS }),
    runMs: readDuration(reader, fields['run'], { path: `${path}.run`, otherwise: RUN_MS }),
    stopMs: readDuration(reader, fields['stop'], { path: `${path}.stop`, otherwise: STOP_MS }),
    ...(Object.keys(waiting).length === 0 ? {} : { waitingMs: waiting }),
  };
}

function readWaiting(reader: SpecReader, value: Json | undefined, path: string): Partial<Record<Reason, number>> {
  const fields = reader.object(value, path);
  const waiting: Partial<Record<Reason, number>> = {};
  for (const reason of WAITS) {
    if (fields[reason] === undefined) continue;
    waiting[reason] = readDuration(reader, fields[reason], { path: `${path}.${reason}`, otherwise: START_MS });
  }
  return waiting;
}
