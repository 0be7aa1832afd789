import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.js';
import type { ApiTransport } from '../../api/http.js';
import { isJsonObject, type JsonObject } from '../../api/json.js';
import { CRD_MANIFESTS } from '../../api/generated/crd-manifests.js';
import {
  ApiServer,
  clusterAdmission,
  clusterSchemas,
  listen,
  type Listening,
  type ListenOptions,
  selfSignedCertificate,
} from '../../cluster/index.js';
import { createControllers } from '../../cluster/controllers/index.js';
import { type ContainerRuntime, createKubelet, createProcessRuntime } from '../../cluster/kubelet/index.js';
import { CliError } from '../errors.js';
import { type DataDir, messageOf } from './data-dir.js';

/** A Kubernetes of this process's own. */
export interface EmbeddedCluster {
  readonly transport: ApiTransport;
  /** Where other processes reach it, with the token in the data directory. */
  readonly url: string;
  /** What kubectl and its like need to reach it; null where that was not asked for. */
  readonly door: Door | null;
  /** How memory limits are kept, in words for the person who started it. */
  readonly memory: string;
  /** Stops everything but what runs in containers: the next process finds it again. */
  stop(): Promise<void>;
}

/** How programs that take a kubeconfig get in. */
export interface Door {
  readonly url: string;
  /** PEM of the authority of the server's certificate. */
  readonly authority: string;
  readonly token: string;
}

interface ClusterSetup {
  readonly dataDir: DataDir;
  readonly clock: Clock;
  readonly log: Logger;
  /** Serves kubectl and its like too, over TLS; port 0: any free one. */
  readonly open?: { readonly port: number };
}

/** Starts API server, controllers, scheduler and kubelet on a data directory whose lock is held. @throws CliError */
export async function startCluster({ dataDir, clock, log, open }: ClusterSetup): Promise<EmbeddedCluster> {
  const server = openServer(dataDir, clock);
  const client = server.localClient();
  const report = (error: unknown, doing: string): void => {
    log.warn({ err: error, doing }, 'the embedded cluster could not do something, and goes on');
  };
  const onError = (error: unknown, at: { readonly controller: string; readonly key: string }): void => {
    report(error, `${at.controller}: ${at.key}`);
  };
  await installKinds(server);
  const runtime: ContainerRuntime = createProcessRuntime({ clock, dataDir: dataDir.kubelet });
  const kubelet = createKubelet({ client, clock, runtime, report });
  const controllers = createControllers({ client, clock, onError, jobBatchMs: 100 });
  server.setLogProvider(kubelet.logs);
  const tls = open === undefined ? null : selfSignedCertificate(clock.now());
  // First what may be refused: a port that is open already would keep this process from its end.
  const secured = tls === null ? null : await listenOn(server, { tls, port: open?.port ?? 0 });
  const listening = await listenOn(server, {});
  await controllers.start();
  await kubelet.start();
  const token = publish(server, dataDir, { url: listening.url, stays: open !== undefined });
  return {
    transport: server.transport(),
    url: listening.url,
    door: tls === null || secured === null ? null : { url: secured.url, authority: tls.certificate, token },
    memory: runtime.memoryLimits.message,
    async stop() {
      rmSync(dataDir.server, { force: true });
      await secured?.close();
      await listening.close();
      await kubelet.stop();
      await controllers.stop();
      server.close();
    },
  };
}

/** Opens the API server on what a data directory holds, for reading after the process that ran it has ended. */
export function openServer(dataDir: DataDir, clock: Clock): ApiServer {
  try {
    return new ApiServer({ clock, schemas: clusterSchemas, admission: clusterAdmission, dataDir: dataDir.cluster });
  } catch (error) {
    throw new CliError(`the embedded cluster in ${dataDir.cluster} cannot be opened: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Serves Lockstep's kinds; where an older version of them is there, it is replaced, unless `update` is false. */
export async function installKinds(
  server: ApiServer,
  { update = true }: { readonly update?: boolean } = {},
): Promise<void> {
  const transport = server.transport();
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const manifest of CRD_MANIFESTS) {
    const body = JSON.stringify(manifest);
    const created = await transport.send({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (created.status === 409) {
      if (!update) continue;
      const name = nameOf(manifest);
      const headers = { 'content-type': 'application/merge-patch+json' };
      const patched = await transport.send({ method: 'PATCH', path: `${path}/${name}`, headers, body });
      if (patched.status >= 300)
        throw new CliError(`the kinds of Lockstep cannot be updated: ${JSON.stringify(patched.body)}`);
    } else if (created.status >= 300)
      throw new CliError(`the kinds of Lockstep cannot be installed: ${JSON.stringify(created.body)}`);
  }
}

function nameOf({ metadata }: JsonObject): string {
  return isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

async function listenOn(server: ApiServer, options: ListenOptions): Promise<Listening> {
  try {
    return await listen(server, options);
  } catch (error) {
    server.close();
    throw new CliError(
      `the embedded API server cannot listen on port ${options.port ?? 0}: ${messageOf(error)}; give another with --port`,
      { cause: error },
    );
  }
}

/**
 * Lets the commands of other processes in: they find address and token in the data directory, which only its owner
 * reads. `stays`: it goes on until it is told to stop, not until one run is over. Gives back the token.
 */
function publish(
  server: ApiServer,
  dataDir: DataDir,
  { url, stays }: { readonly url: string; readonly stays: boolean },
): string {
  const token = randomBytes(24).toString('hex');
  server.addUser(token, { name: 'system:admin', groups: ['system:masters'] });
  writeFileSync(dataDir.server, JSON.stringify({ url, token, pid: process.pid, stays }), { mode: 0o600 });
  return token;
}
