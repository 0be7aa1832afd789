import type { Json, JsonObject } from '../api/json.js';

export interface StatusCause extends JsonObject {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** `details` of a Status body. */
export interface StatusDetails extends JsonObject {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What a StatusError is made of: the fields of the body that differ between failures. */
export interface StatusFields {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
}

/** A request that the server refuses: becomes the `Status` body of the answer; the local client throws it. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(fields: StatusFields) {
    super(fields.message);
    this.name = 'StatusError';
    this.code = fields.code;
    this.reason = fields.reason;
    this.details = fields.details;
  }

  /** The body as the real server writes it (key order included; empty reason and details are left out). */
  toStatus(): JsonObject {
    const body: Record<string, Json> = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
    };
    if (this.reason !== '') body['reason'] = this.reason;
    if (this.details !== undefined) body['details'] = this.details;
    body['code'] = this.code;
    return body;
  }
}
