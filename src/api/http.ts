/**
 * A request to a Kubernetes API server, and its answer, whatever carries them: node:http, or a call into the embedded
 * server. The runtime sends them, the embedded cluster handles them; neither knows of the other.
 */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; no query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names: content-type, accept, user-agent, authorization … */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whole text, or pieces of a stream (a watch, a followed log) in the order in which they come. */
  readonly body: string | AsyncIterable<string>;
}

/** Carries a request. Throws only where no answer came (the connection broke, the signal was aborted). */
export interface ApiTransport {
  send(request: ApiRequest, options?: { readonly signal?: AbortSignal }): Promise<ApiResponse>;
}
