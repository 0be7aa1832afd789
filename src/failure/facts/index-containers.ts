import type { Pod } from '../../api/kube.js';
import type { AttemptContext } from '../context.js';
import type { ContainerFacts, ContainerKind, EventFacts } from './facts.js';
import { helpersOf } from './helpers.js';
import { readTermination } from './termination.js';

type Spec = NonNullable<Pod['spec']>['containers'][number];
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

interface Declared {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly spec: Spec | null;
  readonly status: ContainerStatus | null;
  readonly path: string;
}

/**
 * The containers of a pod: those of its spec, joined with their statuses; where only statuses are known, those. Ephemeral
 * containers are debugging tools and never count.
 */
export function indexContainers(pod: Pod, events: readonly EventFacts[], context: AttemptContext): ContainerFacts[] {
  const proofs = startProofs(events);
  const helpers = helpersOf(pod);
  const source = `Pod/${pod.metadata?.name ?? ''}`;
  return declared(pod)
    .map((one) => containerOf(one, { source, proofs, context, helpers }))
    .sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name));
}

function declared(pod: Pod): Declared[] {
  const initStatuses = pod.status?.initContainerStatuses ?? [];
  const mainStatuses = pod.status?.containerStatuses ?? [];
  return [
    ...join(pod.spec?.initContainers ?? [], initStatuses, 'initContainerStatuses'),
    ...join(pod.spec?.containers ?? [], mainStatuses, 'containerStatuses'),
  ];
}

function join(specs: readonly Spec[], statuses: readonly ContainerStatus[], field: string): Declared[] {
  const names = [...new Set([...specs, ...statuses].map((one) => one.name))];
  return names.map((name) => {
    const spec = specs.find((one) => one.name === name) ?? null;
    const status = statuses.find((one) => one.name === name) ?? null;
    const kind = field === 'containerStatuses' ? 'main' : spec?.restartPolicy === 'Always' ? 'sidecar' : 'init';
    return { name, kind, spec, status, path: `status.${field}[${name}]` };
  });
}

interface Surroundings {
  readonly source: string;
  readonly proofs: ReadonlySet<string>;
  readonly context: AttemptContext;
  readonly helpers: ReadonlySet<string>;
}

function containerOf(
  { name, kind, spec, status, path }: Declared,
  { source, proofs, context, helpers }: Surroundings,
): ContainerFacts {
  const state = status?.state;
  const waiting = state?.waiting;
  const ended = state?.terminated ? readTermination(state.terminated) : null;
  const last = status?.lastState?.terminated ? readTermination(status.lastState.terminated) : null;
  const running = Boolean(state?.running);
  const injected = context.template !== null && !context.template.includes(name);
  return {
    name,
    kind,
    decides: kind === 'main' && (context.main === null ? !injected : context.main.includes(name)),
    injected,
    helper: helpers.has(name),
    image: spec?.image ?? status?.image ?? '',
    command: [...(spec?.command ?? []), ...(spec?.args ?? [])],
    requests: spec?.resources?.requests ?? spec?.resources?.limits ?? {},
    memoryLimit: spec?.resources?.limits?.['memory'] ?? null,
    source,
    path,
    state: running ? 'running' : ended ? 'terminated' : waiting ? 'waiting' : 'none',
    waiting: { reason: waiting?.reason ?? '', message: waiting?.message ?? '' },
    ended,
    last,
    restarts: status?.restartCount ?? 0,
    ready: status?.ready ?? false,
    started:
      running || ended?.ran === true || last?.ran === true || proofs.has(name) || context.seenStarted.includes(name),
  };
}

/**
 * Names of containers that an event proves to have started. The kubelet sends Started after a successful start only, and
 * Killing only for containers that run.
 */
function startProofs(events: readonly EventFacts[]): Set<string> {
  const names = events
    .filter((event) => event.kind === 'Pod' && (event.reason === 'Started' || event.reason === 'Killing'))
    .flatMap((event) => (event.container === null ? [] : [event.container]));
  return new Set(names);
}

function rank(container: ContainerFacts): number {
  return container.kind === 'main' ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
