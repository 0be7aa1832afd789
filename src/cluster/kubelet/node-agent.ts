import { arch, hostname, platform, release } from 'node:os';
import { formatSeconds } from '../../api/instant.js';
import type { Node } from '../../api/kube.js';
import { formatQuantity } from '../quantity.js';
import { LEASES, NAMESPACES, NODES } from '../resource.js';
import { StatusError } from '../status-error.js';
import type { KubeletContext } from './kubelet-context.js';
import { Wakeup } from './wakeup.js';

/** kubelet defaults: lease of 40 s renewed every 10 s, node status at least every 5 minutes. */
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const STATUS_MS = 300_000;
const LEASE_NAMESPACE = 'kube-node-lease';

const ON_THIS_MACHINE = 'Commands run as processes on this machine, not in containers';

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

function isCode(error: unknown, code: number): boolean {
  return error instanceof StatusError && error.code === code;
}

/** Keeps the Node and its Lease: that the node is there, what it has, and how far it enforces memory limits. */
export class NodeAgent {
  readonly #context: KubeletContext;
  readonly #wakeup: Wakeup;

  constructor(context: KubeletContext) {
    this.#context = context;
    this.#wakeup = new Wakeup(context.clock);
  }

  /** Makes or refreshes Node and Lease; throws a StatusError where the API server refuses. */
  async register(): Promise<void> {
    const { client, node } = this.#context;
    const wanted = this.#node();
    const existing = await client.get(NODES, { name: node.nodeName }).catch((error: unknown) => {
      if (isCode(error, 404)) return null;
      throw error;
    });
    if (existing === null) await client.create(NODES, wanted);
    else {
      const body = { metadata: { labels: wanted.metadata?.labels ?? {} } };
      await client.patch(NODES, { name: node.nodeName }, { type: 'merge', body });
    }
    await this.#ensureLeaseNamespace();
    await this.#renew();
    await this.#writeStatus();
    await this.#announce();
  }

  /** Renews the lease and the node's status until the signal is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let statusDue = this.#context.clock.monotonic() + STATUS_MS;
    for (;;) {
      await this.#wakeup.sleep(RENEW_MS, signal);
      if (signal.aborted) return;
      const full = this.#context.clock.monotonic() >= statusDue;
      if (full) statusDue = this.#context.clock.monotonic() + STATUS_MS;
      await this.#beat(full).catch((error: unknown) => {
        this.#context.report(error, 'renewing the node lease');
      });
    }
  }

  /** Tells that the node is about to stop: no new pods. */
  async cordonForShutdown(): Promise<void> {
    await this.#writeStatus({ status: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' });
  }

  async #beat(full: boolean): Promise<void> {
    await this.#renew();
    if (full) await this.#writeStatus();
  }

  async #announce(): Promise<void> {
    const { client, node, recorder, runtime } = this.#context;
    const { uid } = (await client.get(NODES, { name: node.nodeName })).metadata;
    const subject = { apiVersion: 'v1', kind: 'Node', name: node.nodeName, uid } as const;
    recorder.record(subject, { type: 'Normal', reason: 'Starting', message: `Starting kubelet. ${ON_THIS_MACHINE}.` });
    const { level, message } = runtime.memoryLimits;
    const type = level === 'NotEnforced' ? 'Warning' : 'Normal';
    recorder.record(subject, { type, reason: `MemoryLimits${level}`, message });
  }

  async #ensureLeaseNamespace(): Promise<void> {
    try {
      await this.#context.client.create(NAMESPACES, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: LEASE_NAMESPACE },
      });
    } catch (error) {
      if (!isCode(error, 409)) throw error;
    }
  }

  async #renew(): Promise<void> {
    const { client, clock, node } = this.#context;
    // Leases have microseconds.
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: node.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    const key = { namespace: LEASE_NAMESPACE, name: node.nodeName };
    try {
      await client.patch(LEASES, key, { type: 'merge', body: { spec } });
    } catch (error) {
      if (!isCode(error, 404)) throw error;
      await client.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec });
    }
  }

  #node(): Node {
    const { node } = this.#context;
    const os = platform() === 'win32' ? 'windows' : platform();
    const cpu = arch() === 'x64' ? 'amd64' : arch();
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: node.nodeName,
        labels: {
          'kubernetes.io/hostname': node.nodeName,
          'kubernetes.io/os': os,
          'kubernetes.io/arch': cpu,
        },
        annotations: { 'lockstep.dev/runs-commands-on': `${hostname()}: processes, not containers` },
      },
      spec: {},
    };
  }

  async #writeStatus(notReady?: Pick<Condition, 'status' | 'reason' | 'message'>): Promise<void> {
    const { client, clock, node, allocatable, runtime } = this.#context;
    const current = await client.get(NODES, { name: node.nodeName });
    const now = formatSeconds(clock.now());
    const { level, message } = runtime.memoryLimits;
    const wanted = [
      { type: 'MemoryLimits', status: level === 'NotEnforced' ? 'False' : 'True', reason: level, message },
      { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'not measured' },
      { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'not measured' },
      { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'not measured' },
      {
        type: 'Ready',
        ...(notReady ?? {
          status: 'True',
          reason: 'KubeletReady',
          message: `kubelet is posting ready status. ${ON_THIS_MACHINE}`,
        }),
      },
    ];
    const conditions = wanted.map((one): Condition => {
      const old = current.status?.conditions?.find((before) => before.type === one.type);
      const since = old?.status === one.status ? old.lastTransitionTime : undefined;
      return { ...one, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
    });
    const capacity = {
      cpu: formatQuantity(allocatable.cpu),
      memory: formatQuantity(allocatable.memory, 'BinarySI'),
      pods: String(allocatable.pods),
    };
    const body = {
      status: {
        capacity,
        allocatable: capacity,
        conditions,
        addresses: [
          { type: 'InternalIP', address: node.ip },
          { type: 'Hostname', address: hostname() },
        ],
        nodeInfo: this.#nodeInfo(),
      },
    };
    await client.patchStatus(NODES, { name: node.nodeName }, { type: 'merge', body });
  }

  #nodeInfo(): Readonly<Record<string, string>> {
    const { metadata } = this.#node();
    return {
      architecture: metadata?.labels?.['kubernetes.io/arch'] ?? '',
      operatingSystem: metadata?.labels?.['kubernetes.io/os'] ?? '',
      kernelVersion: release(),
      osImage: platform(),
      containerRuntimeVersion: `${this.#context.runtime.scheme}://1`,
      kubeletVersion: 'lockstep',
      kubeProxyVersion: '',
      bootID: '',
      machineID: '',
      systemUUID: '',
    };
  }
}
