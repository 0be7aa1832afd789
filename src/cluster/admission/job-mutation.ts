import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { objectIn } from '../schema/builtin/json-members.js';

/**
 * Lets a Job find its pods: labels with its UID on the template, and a selector for them (the real server's
 * generateSelector). A Job without labels of its own gets the template's.
 */
export function mutateJob(job: ApiObject): ApiObject {
  const spec = objectIn(job, 'spec');
  const bare = { ...job, status: {} };
  if (spec['manualSelector'] === true) return withLabels(bare, objectIn(templateMeta(spec), 'labels'));
  const { uid, name } = job.metadata;
  const labels = {
    ...objectIn(templateMeta(spec), 'labels'),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const selector = objectIn(spec, 'selector');
  const matchLabels = { ...objectIn(selector, 'matchLabels'), 'batch.kubernetes.io/controller-uid': uid };
  const template = { ...objectIn(spec, 'template'), metadata: { ...templateMeta(spec), labels } };
  return withLabels({ ...bare, spec: { ...spec, selector: { ...selector, matchLabels }, template } }, labels);
}

function templateMeta(spec: JsonObject): JsonObject {
  return objectIn(objectIn(spec, 'template'), 'metadata');
}

function withLabels(job: ApiObject, labels: JsonObject): ApiObject {
  if (Object.keys(job.metadata.labels ?? {}).length > 0 || Object.keys(labels).length === 0) return job;
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) if (typeof value === 'string') own[key] = value;
  return { ...job, metadata: { ...job.metadata, labels: own } };
}
