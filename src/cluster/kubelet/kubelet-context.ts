import type { Clock } from '../../api/clock.js';
import type { LocalClient } from '../local-client.js';
import type { Allocatable } from './core/admission.js';
import type { StoredPod } from './core/situation.js';
import type { NodeFacts } from './environment.js';
import type { EventRecorder } from './event-recorder.js';
import type { ContainerRuntime } from './runtime.js';

/** What the parts of one kubelet share. */
export interface KubeletContext {
  readonly client: LocalClient;
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  readonly node: NodeFacts;
  readonly allocatable: Allocatable;
  /** Pods that this node has admitted, as last seen. */
  readonly admitted: () => readonly StoredPod[];
  /** A failure that nothing in the cluster tells of; the kubelet goes on. */
  readonly report: (error: unknown, doing: string) => void;
}
