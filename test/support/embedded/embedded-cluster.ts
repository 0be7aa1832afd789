import type { Clock } from '../../../src/api/clock.js';
import { CRD_MANIFESTS } from '../../../src/api/generated/crd-manifests.js';
import type { JsonObject } from '../../../src/api/json.js';
import { createControllers } from '../../../src/cluster/controllers/index.js';
import {
  ApiServer,
  type IdSource,
  type LocalClient,
  clusterAdmission,
  clusterSchemas,
} from '../../../src/cluster/index.js';
import {
  type ContainerLaunch,
  type ContainerScript,
  ScriptedRuntime,
  createKubelet,
} from '../../../src/cluster/kubelet/index.js';
import { NAMESPACES } from '../../../src/cluster/resource.js';
import type { SchemaHandler, SchemaSource } from '../../../src/cluster/schema-port.js';

/** What a container of a step does; `attempt` is the attempt of the run's step. */
export type StepScript = (step: string, attempt: number, launch: ContainerLaunch) => ContainerScript;

/** A Kubernetes without processes, sockets or time of its own. */
export interface EmbeddedCluster {
  readonly server: ApiServer;
  /** As the cluster's administrator; it is not among the controller's calls. */
  readonly client: LocalClient;
  readonly runtime: ScriptedRuntime;
  /** What the cluster's own parts could not do. */
  readonly errors: readonly unknown[];
  stop(): Promise<void>;
}

export const NAMESPACE = 'shop';
const GIB = 1024 ** 3;

/** Schemas are compiled once for all clusters of this process: a handler is pure, and to compile one takes long. */
const SCHEMAS: SchemaSource = {
  ...clusterSchemas,
  compile(schema, path) {
    const key = `${path} ${JSON.stringify(schema)}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const handler = clusterSchemas.compile(schema, path);
    compiled.set(key, handler);
    return handler;
  },
};
const compiled = new Map<string, SchemaHandler>();

/**
 * Starts API server, controllers, scheduler and a kubelet with scripted containers, with Lockstep's kinds installed.
 * `definitions`: CustomResourceDefinitions beside them.
 */
export async function startCluster(
  clock: Clock,
  script: StepScript,
  { ids, definitions = [] }: { readonly ids?: IdSource; readonly definitions?: readonly JsonObject[] } = {},
): Promise<EmbeddedCluster> {
  const errors: unknown[] = [];
  const own = ids === undefined ? {} : { ids };
  const server = new ApiServer({ clock, schemas: SCHEMAS, admission: clusterAdmission, ...own });
  const client = server.localClient();
  for (const manifest of [...CRD_MANIFESTS, ...definitions]) await install(server, manifest);
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const runtime = new ScriptedRuntime({
    clock,
    script: (launch) => script(launch.argv[0] ?? '', attemptOf(launch), launch),
  });
  const kubelet = createKubelet({
    client,
    clock,
    runtime,
    nodeName: 'node-1',
    allocatable: { cpu: 4, memory: 8 * GIB, pods: 110 },
    report: (error) => errors.push(error),
  });
  const controllers = createControllers({ client, clock, onError: (error) => errors.push(error), jobBatchMs: 0 });
  server.setLogProvider(kubelet.logs);
  await controllers.start();
  await kubelet.start();
  return {
    server,
    client,
    runtime,
    errors,
    async stop() {
      await kubelet.stop();
      await controllers.stop();
      server.close();
    },
  };
}

async function install(server: ApiServer, manifest: JsonObject): Promise<void> {
  const { status, body } = await server.handle({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(manifest),
  });
  if (status !== 201) throw new Error(`a kind of Lockstep cannot be installed: ${JSON.stringify(body)}`);
}

/** Object names end in `-a<attempt>`; a Job's pods have a suffix of their own behind that. */
function attemptOf({ podName }: ContainerLaunch): number {
  return Number(/-a(\d+)(-[a-z0-9]{5})?$/.exec(podName)?.[1] ?? 0);
}
