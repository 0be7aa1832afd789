import type { JsonObject } from '../../api/json.js';
import { TRACKING_FINALIZER } from '../../api/names.js';
import { labelsOf } from '../attempt-identity.js';
import type { AttemptIdentity } from '../attempt-identity.js';
import type { Attempt } from '../executor.js';
import { renderPodSpec } from '../pod-template.js';
import { objectOr } from '../restricted.js';

/**
 * The Job of an attempt. Its own retries are off unless the step asks for them (design review C20), and its pods carry
 * the tracking finalizer too, so that their final status is still there when the Job has failed. Pure.
 */
export function renderJob(attempt: Attempt, identity: AttemptIdentity): JsonObject {
  const own = objectOr(attempt.input['spec']);
  const template = objectOr(own['template']);
  const templateMeta = objectOr(template['metadata']);
  const spec: JsonObject = {
    backoffLimit: 0,
    ...own,
    template: {
      ...template,
      metadata: {
        ...templateMeta,
        labels: { ...objectOr(templateMeta['labels']), ...labelsOf(attempt) },
        finalizers: [TRACKING_FINALIZER],
      },
      spec: renderPodSpec(attempt, objectOr(template['spec'])),
    },
  };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: identity.metadata(attempt, spec), spec };
}

/** The same Job, suspended, so that it never makes a pod. */
export function suspended(job: JsonObject): JsonObject {
  return { ...job, spec: { ...objectOr(job['spec']), suspend: true } };
}
