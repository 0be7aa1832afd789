import { StatusError } from '../../status-error.js';

/** The object is not there (404). */
export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.code === 404;
}

/** A precondition did not hold, or the name is taken (409). */
export function isConflict(error: unknown): boolean {
  return error instanceof StatusError && error.code === 409;
}

/** Nothing can be created in the namespace any more, since it is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    error.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true
  );
}
