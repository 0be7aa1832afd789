/** Why no (whole) answer came over the network. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Node's code (`ECONNREFUSED`, `ECONNRESET` …), or one of ours: `TIMEOUT`, `TOO_LARGE`. */
  readonly code: string;
  /** True where the server cannot have seen the request. */
  readonly notSent: boolean;
  /** True where a kept-alive connection was dead already: the server closed it while we sent. */
  readonly staleSocket: boolean;

  constructor(
    fault: string,
    options: {
      readonly code: string;
      readonly notSent: boolean;
      readonly staleSocket?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(fault, { cause: options.cause });
    this.code = options.code;
    this.notSent = options.notSent;
    this.staleSocket = options.staleSocket ?? false;
  }
}
