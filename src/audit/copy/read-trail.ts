import { verifyChain } from '../chain.js';
import { type Trail, trailOf } from '../query.js';
import type { AuditStore } from '../store.js';

/** A trail as it was found. */
export interface FoundTrail extends Trail {
  /** Namespace and name of the run, where an event tells them. */
  readonly run: string | null;
  /** False: something stands among its events that is none of them, so that it cannot be stored elsewhere. */
  readonly isReadable: boolean;
}

/** All that is stored of a run, with what is wrong with it; also where somebody else wrote into the store. */
export async function readTrail(store: AuditStore, uid: string): Promise<FoundTrail> {
  try {
    const { events } = (await trailOf(store, uid)) ?? { events: [] };
    const subject = events[0]?.subject;
    const run = subject === undefined ? null : `${subject.namespace}/${subject.name}`;
    const stranger = events.find((event) => event.subject.uid !== uid);
    if (stranger === undefined) return { uid, run, events, problems: verifyChain(events), isReadable: true };
    const message = `event ${stranger.seq} is of another run (${stranger.subject.uid})`;
    return { uid, run, events, problems: [{ seq: stranger.seq, message }], isReadable: false };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { uid, run: null, events: [], problems: [{ seq: 0, message: error.message }], isReadable: false };
  }
}
