import { isJsonObject, type JsonObject } from '../../api/json.js';
import { shapeFault, withoutEmpty } from './check-shape.js';
import { listOf, objectOf, textOf } from '../facts/read.js';

/** A document of a file: what the YAML or JSON parser made of it. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
}

/** An object with the file that it came from. */
export interface Sourced {
  readonly file: string;
  readonly object: JsonObject;
}

/** Keys of the corpus's `input` objects, by which they are told from manifests. */
const INPUT_KEYS = ['pod', 'job', 'node', 'pipelineRun', 'createError', 'events', 'taskRuns', 'claims'] as const;

/** Whether a document is an evidence object (the `input` of the corpus) rather than a manifest. */
export function isEvidenceInput(value: JsonObject): boolean {
  return typeof value['kind'] !== 'string' && INPUT_KEYS.some((key) => key in value);
}

/**
 * All objects of documents, Lists opened, in order. What is no object is left out.
 *
 * @throws EvidenceError where an object that would be explained has not the shape of the API.
 */
export function objectsOf(documents: readonly SourceDocument[]): Sourced[] {
  return documents.flatMap(({ file, value }) => open(value).map((object) => checked(file, object)));
}

/** A file does not hold what it should; the message names the file, the object and the field. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
}

/** Kinds that are read; others are left alone, whatever they hold. */
const READ: ReadonlySet<string> = new Set([
  'Pod',
  'Job',
  'Node',
  'Event',
  'PersistentVolumeClaim',
  'TaskRun',
  'PipelineRun',
  'Status',
]);

function checked(file: string, raw: JsonObject): Sourced {
  const kind = textOf(raw, 'kind');
  if (!READ.has(kind) && !isEvidenceInput(raw)) return { file, object: raw };
  const clean = withoutEmpty(raw);
  const object = isJsonObject(clean) ? clean : {};
  const fault =
    shapeFault(object) ?? (kind !== 'Status' && isText(object['status']) ? 'status must be an object' : null);
  if (fault === null) return { file, object };
  const name = textOf(objectOf(object, 'metadata'), 'name');
  throw new EvidenceError(
    `${file === '-' ? 'standard input' : file}: ${`${kind || 'evidence'} ${name}`.trim()}: ${fault}`,
  );
}

function isText(value: unknown): boolean {
  return value !== undefined && !isJsonObject(value);
}

function open(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(open);
  if (!isJsonObject(value)) return [];
  const isList = textOf(value, 'kind').endsWith('List') && Array.isArray(value['items']);
  if (!isList) return [value];
  // A typed list (PodList) leaves out the kind of its items.
  const kind = textOf(value, 'kind').slice(0, -'List'.length);
  return listOf(value, 'items').flatMap((item) =>
    open(typeof item['kind'] === 'string' || kind === '' ? item : { ...item, kind }),
  );
}

/** An Event in the shape of core/v1, also where it came as events.k8s.io/v1. */
export function coreEvent(event: JsonObject): JsonObject {
  const involved = event['involvedObject'] ?? event['regarding'];
  return {
    ...event,
    involvedObject: isJsonObject(involved) ? involved : {},
    message: event['message'] ?? event['note'] ?? '',
    metadata: objectOf(event, 'metadata'),
  };
}
