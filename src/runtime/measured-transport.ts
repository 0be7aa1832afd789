import type { Clock } from '../api/clock.js';
import type { ApiTransport } from '../api/http.js';
import { type SkewBounds, skewBounds } from './clock-skew.js';
import { requestInfo, type ApiVerb } from './request-info.js';

/** One request that was sent, for metrics. */
export interface CallReport {
  readonly verb: ApiVerb;
  /** Plural; of low cardinality. */
  readonly resource: string;
  readonly subresource: string | null;
  /** HTTP status; null where no answer came. */
  readonly code: number | null;
  /** From sending to the answer; of a stream: to its head. */
  readonly seconds: number;
  /** What the answer's Date says about our clock; null where there is none. */
  readonly skew: SkewBounds | null;
}

/** Tells of each request that goes over a transport, repetitions included. */
export function measured(
  transport: ApiTransport,
  { clock, onCall }: { readonly clock: Clock; readonly onCall: (report: CallReport) => void },
): ApiTransport {
  return {
    async send(request, options) {
      const { verb, resource, subresource } = requestInfo(request);
      const start = clock.monotonic();
      const sentAt = clock.now();
      let code: number | null = null;
      let skew: SkewBounds | null = null;
      try {
        const response = await transport.send(request, options);
        code = response.status;
        skew = skewBounds(response.headers['date'], { sentAt, answeredAt: clock.now() });
        return response;
      } finally {
        onCall({ verb, resource, subresource, code, seconds: (clock.monotonic() - start) / 1_000, skew });
      }
    },
  };
}
