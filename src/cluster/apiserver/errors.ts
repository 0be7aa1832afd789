import type { FieldError } from '../field-error.js';
import { joinFieldErrors } from '../field-error.js';
import type { StatusCause } from '../status-error.js';
import { StatusError } from '../status-error.js';
import type { KindInfo } from './kinds.js';
import { groupKind, groupResource } from './kinds.js';

/** The refusals of the real server, in its words (apimachinery/pkg/api/errors). */

type Named = Pick<KindInfo, 'group' | 'plural'>;

const resourceDetails = (kind: Named, name: string) => ({
  ...(name === '' ? {} : { name }),
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.plural,
});

export function notFoundError(kind: Named, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${groupResource(kind)} "${name}" not found`,
    details: resourceDetails(kind, name),
  });
}

/** For a path that no resource is served at. */
export function unknownResourceError(): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

export function alreadyExistsError(kind: Named, name: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${groupResource(kind)} "${name}" already exists`,
    details: resourceDetails(kind, name),
  });
}

export function conflictError(kind: Named, name: string, why: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResource(kind)} "${name}": ${why}`,
    details: resourceDetails(kind, name),
  });
}

export function modifiedError(kind: Named, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflictError(kind, name, why);
}

/** A precondition of a delete: the real server names the kind here, not the resource. */
export function preconditionError(kind: Pick<KindInfo, 'group' | 'kind'>, name: string, why: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupKind(kind)} "${name}": ${why}`,
    details: { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.kind },
  });
}

/** 422 with one cause for each fault. `kind` is a kind (`WorkflowExecution`), or a resource where the server says so. */
export function invalidError(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${groupKind(kind)} "${name}" is invalid: ${joinFieldErrors(errors)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes: errors,
    },
  });
}

export function forbiddenError(
  kind: Named,
  name: string,
  refusal: { readonly why: string; readonly causes?: readonly StatusCause[] },
): StatusError {
  const subject = name === '' ? groupResource(kind) : `${groupResource(kind)} "${name}"`;
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${subject} is forbidden: ${refusal.why}`,
    details: { ...resourceDetails(kind, name), ...(refusal.causes === undefined ? {} : { causes: refusal.causes }) },
  });
}

export function badRequestError(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

/** The object in the body cannot be read as what the path asks for. */
export function cannotHandleError(
  sent: { readonly kind: string; readonly version: string },
  kind: KindInfo,
  why: string,
): StatusError {
  return badRequestError(`${sent.kind} in version "${sent.version}" cannot be handled as a ${kind.kind}: ${why}`);
}

export function methodNotAllowedError(): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
}

export function unsupportedMediaTypeError(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message });
}

export function notAcceptableError(): StatusError {
  const message = '406: Not Acceptable\n\nAvailable representations: application/json';
  return new StatusError({ code: 406, reason: 'NotAcceptable', message, details: {} });
}

export function unauthorizedError(): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

/** What this server does not do. It says so rather than doing half of it. */
export function notImplementedError(what: string): StatusError {
  return new StatusError({
    code: 501,
    reason: 'NotImplemented',
    message: `${what} is not implemented by the embedded API server; use a real cluster for it`,
  });
}

export function internalError(message: string): StatusError {
  return new StatusError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

/** As the real server answers a parse error of its own: no reason. */
export function plainServerError(message: string): StatusError {
  return new StatusError({ code: 500, reason: '', message });
}

export function expiredError(message: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message });
}

export function tooLargeVersionError(asked: number, current: number): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}
