/** What ends a verb that looks: Ctrl-C, or a bound on its time. */
export interface Interruption {
  readonly signal: AbortSignal;
  timedOut(): boolean;
  close(): void;
}

/** Listens for Ctrl-C; with `timeoutMs` the time ends it too. */
export function untilInterrupted(timeoutMs: number | undefined): Interruption {
  const interrupt = new AbortController();
  const timeout = timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs);
  const onInterrupt = (): void => {
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt);
  return {
    signal: timeout === null ? interrupt.signal : AbortSignal.any([interrupt.signal, timeout]),
    timedOut: () => timeout?.aborted === true && !interrupt.signal.aborted,
    close: () => {
      process.off('SIGINT', onInterrupt);
    },
  };
}
