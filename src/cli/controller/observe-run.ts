import type { Logger } from 'pino';
import { kubeEventOf } from '../../audit/kube-events.js';
import type { PassObserver } from '../../reconciler/index.js';
import type { EventRecorder } from '../../runtime/index.js';
import type { Metrics } from '../../server/metrics.js';

interface Told {
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Tells the world what was committed: a log line with the run's key for each event, metrics, and Kubernetes Events.
 * Nothing depends on any of it: an Event that cannot be written is a log line.
 */
export function createObserver({ recorder, log, metrics }: Told): PassObserver {
  return {
    committed(run, events, phase) {
      metrics.statusWrite('written');
      metrics.committed(run, events);
      const of = log.child({ run: `${run.namespace}/${run.name}`, uid: run.uid });
      for (const event of events) {
        of.info(
          { event: event.type, seq: event.seq, task: event.task, attempt: event.attempt, phase, data: event.data },
          event.type,
        );
        const kubeEvent = kubeEventOf(run, event);
        if (kubeEvent === null) continue;
        recorder.record(kubeEvent).catch((error: unknown) => {
          of.warn({ err: error, event: event.type }, 'a Kubernetes Event could not be written');
        });
      }
    },
  };
}
