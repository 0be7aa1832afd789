import type { ApiObject } from '../api-object.js';
import type { Admission, AdmissionContext } from '../apiserver/admission.js';
import { mutateJob } from './job-mutation.js';
import { requireWithinLimits } from './limit-ranges.js';
import { mutatePod } from './pod-mutation.js';
import { requirePodSecurity } from './pod-security.js';
import { authorizeByRoles } from './rbac-authorizer.js';
import { requireQuota } from './resource-quota.js';

/**
 * The admission of the embedded cluster: RBAC; service accounts, priorities, tolerations, LimitRanges; Job selectors;
 * PodSecurity and ResourceQuota. (Whether a namespace is there and alive is the server's own check.)
 */
export const clusterAdmission: Admission = {
  authorize: authorizeByRoles,
  mutate: (object, old, context) => (isCreation(old, context) ? mutateNew(object, context) : object),
  validate: (object, old, context) => {
    if (!isCreation(old, context)) return;
    if (isPod(context)) {
      requireWithinLimits(object, context);
      requirePodSecurity(object, context);
    }
    if (object.metadata.namespace !== undefined) requireQuota(object, context);
  },
};

function mutateNew(object: ApiObject, context: AdmissionContext): ApiObject {
  if (isPod(context)) return mutatePod(object, context);
  const { group, resource } = context.attributes;
  if (group === 'batch' && resource === 'jobs') return mutateJob(object);
  // Nothing is used yet, and a status is there from the start.
  return group === '' && resource === 'resourcequotas' ? { ...object, status: {} } : object;
}

function isCreation(old: ApiObject | undefined, { operation, attributes }: AdmissionContext): boolean {
  return old === undefined && operation === 'CREATE' && attributes.subresource === '';
}

function isPod({ attributes }: AdmissionContext): boolean {
  return attributes.group === '' && attributes.resource === 'pods';
}
