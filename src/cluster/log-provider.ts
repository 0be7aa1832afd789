/** Query of `GET pods/NAME/log`. */
export interface LogQuery {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly limitBytes?: number;
}

/**
 * Reads containers' logs; the kubelet registers one with the API server (`setLogProvider`). Throws StatusError where
 * there is nothing to read (400 `container "x" in pod "y" is waiting to start: ContainerCreating`).
 */
export interface LogProvider {
  readLog(
    pod: { readonly namespace: string; readonly name: string; readonly uid: string; readonly nodeName: string },
    query: LogQuery,
    signal: AbortSignal,
  ): Promise<string | AsyncIterable<string>>;
}
