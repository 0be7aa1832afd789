import type { JsonObject } from '../../../src/api/json.js';
import type { Pod } from '../../../src/api/kube.js';
import { createKubelet, ScriptedRuntime } from '../../../src/cluster/kubelet/index.js';
import type { ContainerLaunch, ContainerScript, Kubelet } from '../../../src/cluster/kubelet/index.js';
import { PODS } from '../../../src/cluster/resource.js';
import type { StoredPod } from '../../../src/cluster/kubelet/core/situation.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';
import { MemoryClient } from '../controllers/memory-client.js';

export const NODE = 'node-1';

/** A kubelet on scripted containers and a clock that stands still, with one pod `ns/p` bound to its node. */
export class KubeletFixture {
  readonly clock = new VirtualClock();
  readonly client = new MemoryClient(this.clock);
  readonly errors: unknown[] = [];
  readonly runtime: ScriptedRuntime;
  kubelet: Kubelet;

  constructor(script: (launch: ContainerLaunch) => ContainerScript) {
    this.runtime = new ScriptedRuntime({ clock: this.clock, script });
    this.kubelet = this.makeKubelet();
  }

  makeKubelet(): Kubelet {
    return createKubelet({
      client: this.client,
      clock: this.clock,
      runtime: this.runtime,
      nodeName: NODE,
      allocatable: { cpu: 2, memory: 8 * 1024 ** 3, pods: 110 },
      report: (error) => this.errors.push(error),
    });
  }

  async start(pod: Pod): Promise<void> {
    await this.kubelet.start();
    await this.create(pod);
  }

  /** Creates the pod as the scheduler would leave it; one that names its node has never met a scheduler. */
  async create(pod: Pod): Promise<void> {
    const { name = 'p', ...metadata } = pod.metadata ?? {};
    const { uid: _uid, resourceVersion: _revision, creationTimestamp: _time, ...kept } = metadata;
    await this.client.create(PODS, {
      ...pod,
      metadata: { ...kept, name, namespace: 'ns' },
      spec: { containers: [], ...pod.spec, nodeName: NODE },
      status: {
        phase: 'Pending',
        ...(pod.spec?.nodeName === undefined ? { conditions: [{ type: 'PodScheduled', status: 'True' }] } : {}),
      },
    });
    await settle(3);
  }

  async delete(gracePeriodSeconds?: number): Promise<void> {
    const request = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await this.client.delete(PODS, { namespace: 'ns', name: 'p' }, request);
    await settle(3);
  }

  /** Time passes; everything that waits for no timer has happened. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle(3);
  }

  async pod(): Promise<StoredPod> {
    return this.client.get(PODS, { namespace: 'ns', name: 'p' });
  }

  /** Every status that the pod has had. */
  statuses(): readonly JsonObject[] {
    return this.#seen('pods').map((pod) => pod['status'] as JsonObject);
  }

  events(): readonly JsonObject[] {
    return this.#seen('events');
  }

  #seen(plural: string): readonly JsonObject[] {
    return this.client.seen.filter((one) => one.plural === plural && one.type !== 'DELETED').map((one) => one.object);
  }
}
