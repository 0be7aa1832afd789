import { writeFileSync } from 'node:fs';
import { kubeconfigOf } from '../embedded/kubeconfig.js';
import { outliveReader } from '../closed-output.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { type PlaceOptions, openPlace } from '../run-place.js';
import { dataDirOf, namesCluster } from '../session.js';
import { shellWord } from '../shell-word.js';

export interface UpOptions extends PlaceOptions {
  /** Of the API server, on loopback; absent: any free one. */
  readonly port?: number;
}

/**
 * `lockstep up`: the embedded cluster with its controller, until it is interrupted. Prints a kubeconfig, which also
 * stands in the data directory. What runs in containers goes on when it ends, and the next start finds it again.
 */
export async function upVerb(options: UpOptions, io: Io): Promise<ExitCode> {
  if (namesCluster(options)) {
    throw new CliError('up starts the embedded cluster; leave --kubeconfig and --context out', {
      exitCode: EXIT.usage,
    });
  }
  outliveReader(io);
  const place = await openPlace({ ...options, openPort: options.port ?? 0 }, io);
  const stop = untilSignal(place.failed);
  try {
    const dataDir = dataDirOf(options, io);
    if (place.door === null) throw new Error('the cluster was started without a door; this is a defect in Lockstep');
    const text = kubeconfigOf(place.door, options.namespace ?? 'default');
    writeFileSync(dataDir.kubeconfig, `${text}\n`, { mode: 0o600 });
    io.print(text);
    io.tell(
      `The embedded cluster is up, until Ctrl-C. In another terminal:\n  export KUBECONFIG=${shellWord(dataDir.kubeconfig)}`,
    );
    await stop.asked;
    if (place.failed.aborted) throw place.failed.reason;
    io.tell('Stopping; what runs in containers goes on, and the next start finds it again.');
    return EXIT.ok;
  } finally {
    stop.close();
    await place.close();
  }
}

/** Settles at Ctrl-C, at SIGTERM, and when the controller has ended by itself. */
function untilSignal(failed: AbortSignal): { readonly asked: Promise<void>; close(): void } {
  let done = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    done = resolve;
  });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, done);
  if (failed.aborted) done();
  else failed.addEventListener('abort', done, { once: true });
  return {
    asked,
    close: () => {
      for (const signal of signals) process.off(signal, done);
    },
  };
}
