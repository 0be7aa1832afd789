import type { ContainerScript } from '../../../src/cluster/kubelet/index.js';
import type { StepScript } from '../../support/embedded/embedded-cluster.js';

/** Ends after so many seconds. */
export function ends(exitCode: number, seconds: number, message?: string): ContainerScript {
  return { end: { exitCode, afterMs: seconds * 1_000, ...(message === undefined ? {} : { message }) } };
}

/** Runs until it is asked to stop, and takes a while then. */
export function stopsWithin(seconds: number): ContainerScript {
  return { onTerm: { exitCode: 143, afterMs: seconds * 1_000 } };
}

/** Asked to stop, it goes on until it is killed. */
export const IGNORES_TERM: ContainerScript = { onTerm: 'ignore' };

/** What each step does at each attempt; the others end well after a second. */
export function byStep(scripts: Readonly<Record<string, ContainerScript | readonly ContainerScript[]>>): StepScript {
  return (step, attempt) => {
    const script = scripts[step];
    if (script === undefined) return ends(0, 1);
    if (!isList(script)) return script;
    return script[attempt - 1] ?? ends(0, 1);
  };
}

function isList(value: ContainerScript | readonly ContainerScript[]): value is readonly ContainerScript[] {
  return Array.isArray(value);
}
