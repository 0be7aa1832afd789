import { type Instant, parseInstant } from '../../../api/instant.js';
import { isJsonObject, type JsonObject } from '../../../api/json.js';
import type { ApiObject } from '../../api-object.js';
import { humanDuration } from './human-duration.js';
import {
  AGE,
  ageOf,
  column,
  isTrue,
  NAME,
  numberAt,
  objectsAt,
  plainText,
  type Printer,
  since,
  textAt,
} from './printer.js';

/** As pkg/printers/internalversion printJob. */
export const JOB_PRINTER: Printer = {
  columns: [
    NAME,
    column('Status', 'Where the job stands, in one word.'),
    column('Completions', 'How many pods have succeeded, of how many.'),
    column('Duration', 'How long it took, or has been going on.'),
    AGE,
    column('Containers', 'The names of the containers in the template.', { wide: true }),
    column('Images', 'Their images.', { wide: true }),
    column('Selector', 'Which pods are counted.', { wide: true }),
  ],
  cells(job, now) {
    const containers = objectsAt(job, 'spec.template.spec.containers');
    return [
      job.metadata.name,
      jobWord(job),
      completionsOf(job),
      durationOf(job, now),
      ageOf(job, now),
      containers.map((each) => textAt(each, 'name')).join(','),
      containers.map((each) => textAt(each, 'image')).join(','),
      selectorText(job),
    ];
  },
};

function jobWord(job: ApiObject): string {
  if (isTrue(job, 'Complete')) return 'Complete';
  if (isTrue(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => isTrue(job, type)) ?? 'Running';
}

function completionsOf(job: ApiObject): string {
  const succeeded = numberAt(job, 'status.succeeded');
  const completions = textAt(job, 'spec.completions');
  if (completions !== '') return `${succeeded}/${completions}`;
  const parallelism = numberAt(job, 'spec.parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf(job: ApiObject, now: Instant): string {
  const start = parseInstant(textAt(job, 'status.startTime'));
  if (start === null) return '';
  return humanDuration((parseInstant(textAt(job, 'status.completionTime')) ?? now) - start);
}

function selectorText(job: ApiObject): string {
  const selector = isJsonObject(job['spec']) ? job['spec']['selector'] : undefined;
  if (!isJsonObject(selector)) return '<none>';
  const labels = isJsonObject(selector['matchLabels']) ? Object.entries(selector['matchLabels']) : [];
  const equal = labels.map(([key, value]) => `${key}=${plainText(value)}`).sort();
  const others = objectsAt(selector, 'matchExpressions').map(expressionText);
  return [...equal, ...others].join(',') || '<none>';
}

function expressionText(expression: JsonObject): string {
  const key = textAt(expression, 'key');
  const values = Array.isArray(expression['values']) ? expression['values'].map(plainText).join(',') : '';
  switch (expression['operator']) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'NotIn':
      return `${key} notin (${values})`;
    default:
      return `${key} in (${values})`;
  }
}

/** As pkg/printers/internalversion printEvent. */
export const EVENT_PRINTER: Printer = {
  columns: [
    column('Last Seen', 'How long ago it happened last.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'Why, in one word.'),
    column('Object', 'What it happened to.'),
    column('Subobject', 'Which part of it.', { wide: true }),
    column('Source', 'Who tells it.', { wide: true }),
    column('Message', 'What happened.'),
    column('First Seen', 'How long ago it happened first.', { wide: true }),
    column('Count', 'How often it happened.', { wide: true }),
    { ...NAME, priority: 1 },
  ],
  cells(event, now) {
    const eventTime = textAt(event, 'eventTime');
    const last = textAt(event, 'series.lastObservedTime', textAt(event, 'lastTimestamp', eventTime));
    const kind = textAt(event, 'involvedObject.kind').toLowerCase();
    const name = textAt(event, 'involvedObject.name');
    return [
      since(last, now),
      textAt(event, 'type'),
      textAt(event, 'reason'),
      name === '' ? kind : `${kind}/${name}`,
      textAt(event, 'involvedObject.fieldPath'),
      sourceOf(event),
      textAt(event, 'message').trim(),
      since(textAt(event, 'firstTimestamp', eventTime), now),
      numberAt(event, 'series.count') || numberAt(event, 'count') || 1,
      event.metadata.name,
    ];
  },
};

function sourceOf(event: ApiObject): string {
  const component = textAt(event, 'source.component', textAt(event, 'reportingComponent'));
  const host = textAt(event, 'source.host', textAt(event, 'reportingInstance'));
  return [component, host].filter((part) => part !== '').join(', ');
}
