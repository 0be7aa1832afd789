import type { AuditedCall } from './audit-log.js';

/** Of one controller, over some runs. */
export interface CallCounts {
  /** Without Events. */
  readonly writes: number;
  readonly events: number;
  /** Answered with an error, whatever they were. */
  readonly rejected: number;
  /** Reads of one object; lists and watches are the caches'. */
  readonly liveReads: number;
  /** `verb resource` → count, without lists and watches. */
  readonly each: ReadonlyMap<string, number>;
}

const CONTROLLER = /^lockstep\//;
/** The caller is the controller. */
export function isControllers({ userAgent }: AuditedCall): boolean {
  return CONTROLLER.test(userAgent);
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** What the controller asked for. */
export function countCalls(calls: readonly AuditedCall[]): CallCounts {
  const own = calls.filter(isControllers);
  const each = new Map<string, number>();
  for (const { verb, resource } of own) {
    if (verb === 'list' || verb === 'watch') continue;
    each.set(`${verb} ${resource}`, (each.get(`${verb} ${resource}`) ?? 0) + 1);
  }
  const writes = own.filter(({ verb }) => WRITES.has(verb));
  const events = writes.filter(({ resource }) => resource === 'events').length;
  return {
    writes: writes.length - events,
    events,
    rejected: own.filter(({ code }) => code >= 400).length,
    liveReads: own.filter(({ verb }) => verb === 'get').length,
    each,
  };
}
