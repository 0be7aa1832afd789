import { isJsonObject } from '../../../src/api/json.js';
import type { JsonObject } from '../../../src/api/json.js';
import type { Pod } from '../../../src/api/kube.js';
import { clusterAdmission } from '../../../src/cluster/admission/cluster-admission.js';
import { ApiServer } from '../../../src/cluster/index.js';
import { createKubelet, ScriptedRuntime } from '../../../src/cluster/kubelet/index.js';
import type { ContainerLaunch, ContainerScript, Kubelet } from '../../../src/cluster/kubelet/index.js';
import type { StoredPod } from '../../../src/cluster/kubelet/core/situation.js';
import type { ContainerRuntime } from '../../../src/cluster/kubelet/runtime.js';
import type { LocalClient } from '../../../src/cluster/local-client.js';
import { EVENTS, NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../../src/cluster/resource.js';
import { clusterSchemas } from '../../../src/cluster/schema/schemas.js';
import { StatusError } from '../../../src/cluster/status-error.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';

export const NODE = 'node-1';
const POD = { namespace: 'ns', name: 'p' };

/** A kubelet on the embedded API server, with scripted containers, a clock that stands still, and one pod `ns/p`. */
export class KubeletFixture {
  readonly clock = new VirtualClock();
  readonly client: LocalClient;
  readonly errors: unknown[] = [];
  readonly runtime: ScriptedRuntime;
  kubelet: Kubelet;
  /** While true, the API server answers the kubelet's status writes with 500. */
  failing = false;
  readonly #statuses: JsonObject[] = [];
  readonly #events: JsonObject[] = [];

  constructor(script: (launch: ContainerLaunch) => ContainerScript, runtime?: ContainerRuntime) {
    const server = new ApiServer({
      clock: this.clock,
      schemas: clusterSchemas,
      admission: clusterAdmission,
    });
    this.client = server.localClient();
    this.runtime = new ScriptedRuntime({ clock: this.clock, script });
    this.kubelet = this.makeKubelet(runtime);
    const { signal } = new AbortController();
    this.client.watch(PODS, { signal }, ({ type, object }) => {
      const { status } = plain(object);
      if (type !== 'DELETED' && isJsonObject(status)) this.#statuses.push(status);
    });
    this.client.watch(EVENTS, { signal }, ({ object }) => this.#events.push(plain(object)));
  }

  makeKubelet(runtime: ContainerRuntime = this.runtime): Kubelet {
    const client: LocalClient = {
      ...this.client,
      updateStatus: (resource, object) =>
        this.failing
          ? Promise.reject(new StatusError({ code: 500, reason: 'InternalError', message: 'no' }))
          : this.client.updateStatus(resource, object),
    };
    return createKubelet({
      client,
      clock: this.clock,
      runtime,
      nodeName: NODE,
      allocatable: { cpu: 2, memory: 8 * 1024 ** 3, pods: 110 },
      report: (error) => this.errors.push(error),
    });
  }

  async start(pod: Pod): Promise<void> {
    await this.makeNamespace();
    await this.kubelet.start();
    await this.create(pod);
  }

  /** The namespace `ns`, with what a controller puts into each. */
  async makeNamespace(): Promise<void> {
    await this.client.create(NAMESPACES, { metadata: { name: 'ns' } });
    await this.client.create(SERVICE_ACCOUNTS, { metadata: { namespace: 'ns', name: 'default' } });
  }

  /** Creates the pod and does what the scheduler does, unless the pod names its node itself. */
  async create(pod: Pod): Promise<void> {
    const { finalizers, annotations, labels } = pod.metadata ?? {};
    const metadata = {
      ...POD,
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(labels === undefined ? {} : { labels }),
    };
    const { nodeName } = pod.spec ?? {};
    const spec = { containers: [], ...pod.spec, ...(nodeName === undefined ? {} : { nodeName: NODE }) };
    await this.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    if (nodeName === undefined) await this.client.bind(POD, NODE);
    await settle();
  }

  async delete(gracePeriodSeconds?: number): Promise<void> {
    await this.client.delete(PODS, POD, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    await settle();
  }

  async evict(): Promise<void> {
    await this.client.evict(POD);
    await settle();
  }

  /** Time passes; everything that waits for no timer has happened. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  async pod(): Promise<StoredPod> {
    return this.client.get(PODS, POD);
  }

  /** Every status that the pod has had. */
  statuses(): readonly JsonObject[] {
    return this.#statuses;
  }

  /** Every event as it was made, and again each time it was counted up. */
  events(): readonly JsonObject[] {
    return this.#events;
  }
}

/** The edge between what is typed and what is stored; tests only. */
function plain(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}
