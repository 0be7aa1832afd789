import { cite, citeEvent, citeNode, citeWaiting } from '../cite.js';
import type { ContainerFacts, Facts } from '../facts/facts.js';
import { namesOf } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { rowOf, type TextRow } from '../text-table.js';
import { isRbacDenial } from './api-refusals.js';
import { blockedContainers, deletedByOthers, failuresOf } from './not-started.js';

/** What the kubelet says when it cannot put a container's configuration together (pkg/kubelet/kubelet_pods.go). */
const TEXTS: readonly TextRow[] = [
  { pattern: /couldn't find key \S+ in Secret|non-existent secret key/, subreason: 'SecretKeyNotFound', clears: false },
  {
    pattern: /couldn't find key \S+ in ConfigMap|non-existent config key/,
    subreason: 'ConfigMapKeyNotFound',
    clears: false,
  },
  { pattern: /secrets? "[^"]*" not found/, subreason: 'SecretNotFound', clears: false },
  { pattern: /configmaps? "[^"]*" not found/i, subreason: 'ConfigMapNotFound', clears: false },
  { pattern: /runAsNonRoot|non-root|runAsUser breaks/i, subreason: 'RunAsNonRoot', clears: false },
  {
    pattern: /subPath|^(?:stat|lstat|mkdir|open) \/|failed to create subPath/i,
    reason: 'VolumeMount',
    subreason: 'SubPath',
    clears: false,
  },
  {
    pattern: /failed to sync (?:secret|configmap) cache|timed out waiting for the condition/,
    reason: 'VolumeMount',
    subreason: 'CacheSyncTimeout',
    clears: true,
  },
  { pattern: /services have not yet been read|cannot construct envvars/, subreason: 'InvalidPodSpec', clears: true },
];

/** The runtime's own prefix: what follows it is not about configuration. */
const SUBPATH =
  /failed to prepare subPath for volumeMount|failed to create subPath directory|subPath .* (?:not|failed)/;

/** A reference or a field of a container cannot be satisfied as it is written. */
export const containerConfig: Rule = {
  name: 'container-config',
  basis: 'The kubelet waits with CreateContainerConfigError, before it asks the runtime for anything.',
  waiting: true,
  apply(facts) {
    if (deletedByOthers(facts)) return null;
    for (const container of blockedContainers(facts)) {
      const text = configText(facts, container);
      if (text !== null) return findingOf(facts, container, text);
    }
    return null;
  },
};

function configText(facts: Facts, container: ContainerFacts): string | null {
  const { reason, message } = container.waiting;
  if (reason === 'CreateContainerConfigError') return message !== '' ? message : (eventText(facts, container) ?? '');
  if (reason === 'CreateContainerError' && SUBPATH.test(message)) return message;
  if (container.state === 'waiting' && !/^(?:ContainerCreating|PodInitializing|)$/.test(reason)) return null;
  if (container.started) return null;
  // Its status was rewritten when the pod was stopped: the event is what is left.
  const text = eventText(facts, container);
  return text !== null && !SUBPATH.test(text) && rowOf(TEXTS, text)?.reason === undefined && rowOf(TEXTS, text) !== null
    ? text
    : null;
}

function eventText(facts: Facts, container: ContainerFacts): string | null {
  const event = failuresOf(facts, container).find(
    (one) => one.reason === 'Failed' && one.message.startsWith('Error: '),
  );
  return event === undefined ? null : event.message.slice('Error: '.length);
}

function findingOf(facts: Facts, container: ContainerFacts, text: string): Finding {
  const row = SUBPATH.test(text)
    ? ({ reason: 'VolumeMount', subreason: 'SubPath', clears: false } as const)
    : (rowOf(TEXTS, neutral(text, namesOf(facts))) ?? { subreason: 'InvalidPodSpec', clears: false });
  const event = failuresOf(facts, container)[0];
  const denied = isRbacDenial(text);
  return {
    reason: denied ? 'Forbidden' : (row.reason ?? 'ConfigurationError'),
    subreason: denied ? 'RBACDenied' : row.subreason,
    // The node authorizer learns a moment later which pods a node has.
    clears: denied ? /no relationship found/.test(text) : row.clears,
    container,
    message: `Container ${container.name} cannot be configured on node ${facts.pod?.node ?? ''}: ${text}`,
    citations: [
      ...(container.state === 'waiting' ? [citeWaiting(container)] : []),
      ...(event === undefined ? [] : [citeEvent(event)]),
      cite(container.source, `spec.containers[${container.name}].image`, container.image),
      ...citeNode(facts),
    ],
  };
}
