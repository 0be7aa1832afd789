import { ApiError, type Stored } from '../runtime/index.js';
import type { ExecutionObject } from './resources.js';
import { RUN_KINDS, type RunKind } from './run-kinds.js';
import type { Session } from './session.js';

/** A run, and of what kind it is. */
export interface FoundRun {
  readonly kind: RunKind;
  readonly object: Stored<ExecutionObject>;
}

interface Wanted {
  /** Absent: in all namespaces. */
  readonly namespace?: string;
  /** Absent: all kinds. */
  readonly kinds?: readonly RunKind[];
}

/** The runs of a place. A kind that a cluster does not have has no runs there. */
export async function listRuns(
  session: Session,
  { kinds = RUN_KINDS, ...selection }: Wanted,
): Promise<readonly FoundRun[]> {
  const lists = await Promise.all(kinds.map((kind) => listKind(session, kind, selection)));
  return lists.flat();
}

async function listKind(
  { client }: Session,
  kind: RunKind,
  selection: { readonly namespace?: string },
): Promise<readonly FoundRun[]> {
  try {
    const { items } = await client.list(kind.resource, selection);
    // The items of a list do not say what they are.
    const { apiVersion, kind: name } = kind.translator;
    return items.map((item) => ({ kind, object: { ...item, apiVersion, kind: name } }));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return [];
    throw error;
  }
}
