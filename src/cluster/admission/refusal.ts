import type { ApiObject } from '../api-object.js';
import type { RequestAttributes } from '../apiserver/admission.js';
import { forbiddenError } from '../apiserver/errors.js';
import type { StatusError } from '../status-error.js';

/** 403 in the words of an admission plugin: `pods "x" is forbidden: why`. */
export function refusal(object: ApiObject, { group, resource }: RequestAttributes, why: string): StatusError {
  return forbiddenError({ group, plural: resource }, object.metadata.name, { why });
}
