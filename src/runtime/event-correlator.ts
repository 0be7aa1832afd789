import type { Clock } from '../api/clock.js';
import { RecentMap } from './recent-map.js';
import type { RecordedEvent } from './recorded-event.js';

/** What happened once or again and is one Event in the cluster. */
export interface EventSeries {
  /** What it began with: the name and the first time are this one's. */
  readonly first: RecordedEvent;
  /** What is shown. */
  latest: RecordedEvent;
  count: number;
}

/** client-go's defaults (tools/record/events_cache.go): defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds. */
const SIMILAR_EVENTS = 10;
const SIMILAR_WITHIN_MS = 600_000;
/** defaultSpamBurst, and one more each five minutes (defaultSpamQPS). */
const BURST = 25;
const REFILL_MS = 300_000;
/** maxLruCacheEntries: subjects, groups and series that are remembered. */
const REMEMBERED = 4_096;
const COMBINED = '(combined from similar events): ';

interface Similar {
  readonly messages: Set<string>;
  lastAt: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Says which Event in the cluster tells of what happened, as client-go's EventCorrelator does: the same again counts in
 * the Event that there is; of more than ten that differ only in their message within ten minutes one tells; and one
 * subject has no more than 25 writes at once and one each five minutes.
 */
export class EventCorrelator {
  readonly #clock: Clock;
  readonly #similar = new RecentMap<string, Similar>(REMEMBERED);
  readonly #series = new RecentMap<string, EventSeries>(REMEMBERED);
  readonly #buckets = new RecentMap<string, Bucket>(REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The series that it belongs to, with it counted; null where nothing is to be written: known already, or too much. */
  observe(event: RecordedEvent): EventSeries | null {
    const { key, shown } = this.#aggregate(event);
    const series = this.#series.getOrMake(key, () => ({ first: shown, latest: shown, count: 0 }));
    if (series.count > 0 && series.latest.id === event.id) return null;
    series.latest = shown;
    series.count += 1;
    // What is not written now is counted by the next write.
    return this.#mayWrite(event.subject.uid) ? series : null;
  }

  #aggregate(event: RecordedEvent): { readonly key: string; readonly shown: RecordedEvent } {
    const group = [event.subject.uid, event.type, event.reason].join('\0');
    const now = this.#clock.monotonic();
    const similar = this.#similar.getOrMake(group, () => ({ messages: new Set(), lastAt: now }));
    if (now - similar.lastAt > SIMILAR_WITHIN_MS) similar.messages.clear();
    similar.lastAt = now;
    const what = event.sameAs ?? event.message;
    similar.messages.add(what);
    if (similar.messages.size < SIMILAR_EVENTS) return { key: `${group}\0${what}`, shown: event };
    similar.messages.delete(what);
    return { key: group, shown: { ...event, message: `${COMBINED}${event.message}` } };
  }

  #mayWrite(uid: string): boolean {
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.getOrMake(uid, () => ({ tokens: BURST, at: now }));
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
