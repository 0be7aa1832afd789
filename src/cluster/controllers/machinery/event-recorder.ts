import type { Clock } from '../../../api/clock.js';
import { formatInstant, formatSeconds, type Instant } from '../../../api/instant.js';
import type { KubeEvent, KubeObject } from '../../../api/kube.js';
import type { LocalClient } from '../../local-client.js';
import { EVENTS } from '../../resource.js';
import { StatusError } from '../../status-error.js';

/** What is told of an object. */
export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Which of the two forms of events a component writes: client-go's old recorder, or events.k8s.io with its series. */
export type EventStyle =
  | { readonly form: 'counted'; readonly component: string; readonly host?: string }
  | { readonly form: 'series'; readonly component: string; readonly instance: string };

/** Of client-go's EventCorrelator: this many like events within the window are kept apart, later ones are combined. */
const MAX_SIMILAR = 10;
/** Milliseconds after which similar events are counted anew (EventCorrelator). */
const SIMILAR_WINDOW_MS = 600_000;
/** Records that are remembered for counting; the oldest are forgotten first (EventCorrelator keeps 4 096). */
const MAX_REMEMBERED = 4_096;

const COMBINED = '(combined from similar events)';

interface Known {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
}

/** A text with what tells it from others of the same object and reason. */
interface Told extends EventText {
  readonly key: string;
}

interface Similar {
  readonly messages: ReadonlySet<string>;
  readonly last: Instant;
}

/**
 * Writes Events as Kubernetes' own components do: the same again raises the count of the first, and many that differ
 * only in their message become `(combined from similar events)`. An event that cannot be written is reported and lost,
 * as there: no controller stops for it.
 */
export class EventRecorder {
  readonly #client: LocalClient;
  readonly #clock: Clock;
  readonly #style: EventStyle;
  readonly #onError: (error: unknown) => void;
  readonly #known = new Map<string, Known>();
  readonly #similar = new Map<string, Similar>();
  #sequence = 0;

  constructor(
    client: LocalClient,
    clock: Clock,
    options: { readonly style: EventStyle; readonly onError: (error: unknown) => void },
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#style = options.style;
    this.#onError = options.onError;
  }

  /** `action` is said by components of the `series` form only: Binding, Scheduling. */
  async record(object: KubeObject, text: EventText, action?: string): Promise<void> {
    try {
      await this.#write(
        object,
        this.#isTooMany(object, text) ? combined(text) : { ...text, key: text.message },
        action,
      );
    } catch (error) {
      this.#onError(error);
    }
  }

  async #write(object: KubeObject, text: Told, action: string | undefined): Promise<void> {
    const identity = JSON.stringify([object.metadata?.uid, text.type, text.reason, text.key, action]);
    const known = this.#known.get(identity);
    if (known !== undefined && (await this.#repeat(identity, known, text))) return;
    const name = this.#nextName(object);
    const namespace = object.metadata?.namespace ?? 'default';
    await this.#client.create(EVENTS, this.#event(object, text, { name, namespace, action }));
    this.#remember(identity, { namespace, name, count: 1 });
  }

  async #repeat(identity: string, known: Known, text: Told): Promise<boolean> {
    const now = this.#clock.now();
    const count = known.count + 1;
    const body =
      this.#style.form === 'counted'
        ? { count, message: text.message, lastTimestamp: formatSeconds(now) }
        : { series: { count, lastObservedTime: formatMicros(now) } };
    try {
      await this.#client.patch(EVENTS, known, { body });
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return false;
      throw error;
    }
    this.#remember(identity, { ...known, count });
    return true;
  }

  #remember(identity: string, known: Known): void {
    this.#known.delete(identity);
    this.#known.set(identity, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_REMEMBERED) return;
      this.#known.delete(oldest);
    }
  }

  /** Too many Events of late that differ from this one in their message only. */
  #isTooMany(object: KubeObject, text: EventText): boolean {
    if (this.#style.form === 'series') return false;
    const now = this.#clock.now();
    const group = JSON.stringify([object.metadata?.uid, text.type, text.reason]);
    const before = this.#similar.get(group);
    const known = before !== undefined && now - before.last <= SIMILAR_WINDOW_MS ? before.messages : new Set<string>();
    const messages = new Set(known).add(text.message);
    const tooMany = messages.size >= MAX_SIMILAR;
    // The set stops growing once it is full: from then on every new message is one too many.
    this.#similar.delete(group);
    this.#similar.set(group, { messages: tooMany ? known : messages, last: now });
    for (const oldest of this.#similar.keys()) {
      if (this.#similar.size <= MAX_REMEMBERED) break;
      this.#similar.delete(oldest);
    }
    return tooMany;
  }

  /** `OBJECT.HEX` as client-go names them; the sequence keeps two of the same millisecond apart. */
  #nextName(object: KubeObject): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000;
    const nanos = BigInt(this.#clock.now()) * 1_000_000n + BigInt(this.#sequence);
    return `${object.metadata?.name ?? 'unknown'}.${nanos.toString(16)}`;
  }

  #event(
    object: KubeObject,
    text: EventText,
    at: { readonly name: string; readonly namespace: string; readonly action: string | undefined },
  ): KubeEvent {
    const base = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: at.name, namespace: at.namespace },
      involvedObject: referenceTo(object),
      type: text.type,
      reason: text.reason,
      message: text.message,
      reportingComponent: this.#style.component,
    };
    const now = this.#clock.now();
    if (this.#style.form === 'series') {
      const action = at.action === undefined ? {} : { action: at.action };
      return { ...base, ...action, eventTime: formatMicros(now), reportingInstance: this.#style.instance, source: {} };
    }
    const { component, host } = this.#style;
    return {
      ...base,
      reportingInstance: host ?? '',
      source: host === undefined ? { component } : { component, host },
      count: 1,
      firstTimestamp: formatSeconds(now),
      lastTimestamp: formatSeconds(now),
    };
  }
}

/** All that are one too many share one Event, which shows the latest message. */
function combined(text: EventText): Told {
  return { ...text, key: COMBINED, message: `${COMBINED}: ${text.message}` };
}

function referenceTo(object: KubeObject): KubeEvent['involvedObject'] {
  const { apiVersion, kind, metadata } = object;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(metadata?.name === undefined ? {} : { name: metadata.name }),
    ...(metadata?.uid === undefined ? {} : { uid: metadata.uid }),
    ...(metadata?.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
  };
}

/** metav1.MicroTime: six digits, of which the clock gives three. */
function formatMicros(instant: Instant): string {
  return `${formatInstant(instant).slice(0, -1)}000Z`;
}
