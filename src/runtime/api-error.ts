import type { ApiRequest, ApiResponse } from '../api/http.js';
import { isJsonObject } from '../api/json.js';
import type { Status } from '../api/kube.js';
import { describeRequest } from './request-info.js';

/** One field (or object) that the server objects to. */
export type StatusCause = NonNullable<NonNullable<Status['details']>['causes']>[number];

/** The API server answered with an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly code: number;
  /** metav1.StatusReason: `NotFound`, `Conflict`, `AlreadyExists`, `Expired`, `Invalid` …; `Unknown` where it gave none. */
  readonly reason: string;
  /** How long the server wants to be left alone, or null where it did not say. */
  readonly retryAfterMs: number | null;
  readonly causes: readonly StatusCause[];
  /** The body; made from code and text where the answer was no metav1.Status (a proxy's page). */
  readonly status: Status;

  constructor(
    action: string,
    status: Status,
    options: { readonly code: number; readonly retryAfterMs: number | null },
  ) {
    const { code, retryAfterMs } = options;
    const reason = status.reason ?? REASON_OF_CODE[code] ?? 'Unknown';
    super(
      `cannot ${action}: ${status.message ?? 'no message'} (${code} ${reason})${advice(code, reason, retryAfterMs)}`,
    );
    this.code = code;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.causes = status.details?.causes ?? [];
    this.status = status;
  }
}

/** No answer came: the connection could not be made, broke, or the deadline passed. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** A mutating call that the server may have carried out, or may still carry out: look, or repeat it. */
  readonly maybeDone: boolean;

  constructor(request: ApiRequest, fault: string, options: { readonly notSent: boolean; readonly cause?: unknown }) {
    const maybeDone = request.method !== 'GET' && !options.notSent;
    const consequence = maybeDone ? '; whether it was done is unknown' : '';
    super(`cannot ${describeRequest(request)}: ${fault}${consequence}`, { cause: options.cause });
    this.maybeDone = maybeDone;
  }
}

/** True where a mutating call may have been carried out although it failed: no answer, or 500, 502, 504. */
export function mayHaveBeenDone(error: unknown): boolean {
  if (error instanceof NoAnswerError) return error.maybeDone;
  return error instanceof ApiError && error.code >= 500 && error.code !== 503;
}

/** The error that an answer of 400 and above stands for. */
export function errorOfResponse(request: ApiRequest, response: ApiResponse & { readonly body: string }): ApiError {
  const status = statusOfBody(response.status, response.body);
  const retryAfterMs = retryAfter(response.headers['retry-after'], status);
  return new ApiError(describeRequest(request), status, { code: response.status, retryAfterMs });
}

/** The error that the object of a watch's ERROR event stands for; it comes under HTTP status 200. */
export function errorOfStatus(request: ApiRequest, status: unknown): ApiError {
  const parsed = isStatus(status) ? status : textStatus(500, JSON.stringify(status));
  const code = parsed.code ?? 500;
  return new ApiError(describeRequest(request), parsed, { code, retryAfterMs: retryAfter(undefined, parsed) });
}

function statusOfBody(code: number, body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isStatus(parsed)) return parsed;
  } catch {
    // Not JSON: whatever stands between us and the server has answered.
  }
  return textStatus(code, body);
}

/** A server's word on an error is taken as it is once it says that it is a Status. */
function isStatus(value: unknown): value is Status {
  return isJsonObject(value) && (value['kind'] === 'Status' || value['status'] === 'Failure');
}

/** As much of a foreign error page as is worth quoting. */
const LONGEST_QUOTE = 512;

function textStatus(code: number, body: string): Status {
  const message = body.trim().slice(0, LONGEST_QUOTE) || 'the answer was empty';
  const reason = REASON_OF_CODE[code];
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    message,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The header (seconds), else `details.retryAfterSeconds`. */
function retryAfter(header: string | undefined, status: Status): number | null {
  const seconds = header === undefined ? status.details?.retryAfterSeconds : Number(header);
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}

/** As apimachinery's NewGenericServerResponse names them. */
const REASON_OF_CODE: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function advice(code: number, reason: string, retryAfterMs: number | null): string {
  if (retryAfterMs !== null) return `; the server asks to wait ${retryAfterMs / 1_000} s`;
  if (code === 401) return '; renew the credentials of this kubeconfig or service account';
  if (code === 403) return '; if the right is missing, grant it in a Role and bind it to this user';
  if (reason === 'Conflict') return '; it has changed since it was read: read it again';
  if (code === 413) return '; make the object smaller';
  return '';
}
