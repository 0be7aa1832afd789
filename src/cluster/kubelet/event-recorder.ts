import { formatSeconds } from '../../api/instant.js';
import type { Clock } from '../../api/clock.js';
import type { KubeEvent } from '../../api/kube.js';
import type { LocalClient } from '../local-client.js';
import { EVENTS } from '../resource.js';
import { StatusError } from '../status-error.js';

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What an event is about. */
export interface EventSubject {
  readonly kind: 'Pod' | 'Node';
  readonly apiVersion: 'v1';
  readonly name: string;
  /** Absent for nodes, whose events lie in `default`. */
  readonly namespace?: string;
  readonly uid: string;
  /** e.g. spec.containers{main} */
  readonly fieldPath?: string;
}

interface Written {
  readonly name: string;
  count: number;
}

interface EventRecorderOptions {
  readonly client: LocalClient;
  readonly clock: Clock;
  readonly nodeName: string;
  /** An event that could not be written: it is lost, nothing else is. */
  readonly report: (error: unknown, doing: string) => void;
}

/** Writes the kubelet's Events, one after the other; the same text about the same thing counts up one Event. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #written = new Map<string, Map<string, Written>>();
  #queue: Promise<void> = Promise.resolve();
  #serial = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(subject: EventSubject, text: EventText): void {
    this.#queue = this.#queue
      .then(() => this.#write(subject, text))
      .catch((error: unknown) => {
        this.#options.report(error, `writing event ${text.reason} of ${subject.kind} ${subject.name}`);
      });
  }

  /** Resolves when everything recorded so far is written (or lost). */
  async flush(): Promise<void> {
    await this.#queue;
  }

  /** Events of this object will not be counted up any more. */
  forget(uid: string): void {
    this.#written.delete(uid);
  }

  async #write(subject: EventSubject, text: EventText): Promise<void> {
    const ofSubject = this.#written.get(subject.uid) ?? new Map<string, Written>();
    this.#written.set(subject.uid, ofSubject);
    const key = [subject.fieldPath ?? '', text.type, text.reason, text.message].join('\n');
    const known = ofSubject.get(key);
    if (known !== undefined && (await this.#countUp(subject, known))) return;
    ofSubject.set(key, { name: await this.#create(subject, text), count: 1 });
  }

  /** False where the event has been deleted meanwhile. */
  async #countUp(subject: EventSubject, known: Written): Promise<boolean> {
    const key = { namespace: subject.namespace ?? 'default', name: known.name };
    const body = { count: known.count + 1, lastTimestamp: formatSeconds(this.#options.clock.now()) };
    try {
      await this.#options.client.patch(EVENTS, key, { type: 'merge', body });
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return false;
      throw error;
    }
    known.count += 1;
    return true;
  }

  async #create(subject: EventSubject, text: EventText): Promise<string> {
    for (;;) {
      const event = this.#event(subject, text);
      try {
        const made = await this.#options.client.create(EVENTS, event);
        return made.metadata.name;
      } catch (error) {
        // A kubelet before this one took the same name at the same instant: the next serial is free.
        if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
      }
    }
  }

  #event(subject: EventSubject, text: EventText): KubeEvent {
    const { clock, nodeName } = this.#options;
    this.#serial += 1;
    const suffix = (BigInt(Math.floor(clock.now())) * 1_000_000n + BigInt(this.#serial)).toString(16);
    const namespace = subject.namespace ?? 'default';
    const now = formatSeconds(clock.now());
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${subject.name}.${suffix}`, namespace },
      involvedObject: subject,
      ...text,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: 'kubelet', host: nodeName },
      reportingComponent: 'kubelet',
      reportingInstance: nodeName,
    };
  }
}
