import { cite, citeEvent, citeNode } from '../cite.js';
import type { EventFacts, Facts } from '../facts/facts.js';
import { namesOf, nothingStarted } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { rowOf, type TextRow } from '../text-table.js';
import { isRbacDenial } from './api-refusals.js';
import { deletedByOthers } from './not-started.js';

/** The kubelet's volume manager, the attach-detach controller, CSI and mount(8) in their own words. */
const TEXTS: readonly TextRow[] = [
  {
    pattern: /SecretProviderClass\S* "?[^"]*"? ?not found|failed to get secretproviderclass/i,
    reason: 'ConfigurationError',
    subreason: 'SecretProviderClassNotFound',
    clears: false,
  },
  { pattern: /non-existent secret key/, reason: 'ConfigurationError', subreason: 'SecretKeyNotFound', clears: false },
  {
    pattern: /non-existent config key/,
    reason: 'ConfigurationError',
    subreason: 'ConfigMapKeyNotFound',
    clears: false,
  },
  { pattern: /secrets? "[^"]*" not found/, reason: 'ConfigurationError', subreason: 'SecretNotFound', clears: false },
  {
    pattern: /configmaps? "[^"]*" not found/i,
    reason: 'ConfigurationError',
    subreason: 'ConfigMapNotFound',
    clears: false,
  },
  {
    pattern: /serviceaccounts? "[^"]*" (?:is )?(?:forbidden|not found)/,
    reason: 'ConfigurationError',
    subreason: 'ServiceAccountNotFound',
    clears: false,
  },
  { pattern: /failed to fetch token/, subreason: 'CacheSyncTimeout', clears: true },
  // Providers of the secrets-store CSI driver (Azure, AWS, GCP, Vault) quote the store's answer.
  {
    pattern: /secrets store objects.*(?:\b404\b|SecretNotFound|ResourceNotFoundException|code = NotFound)/is,
    reason: 'ConfigurationError',
    subreason: 'SecretNotFound',
    clears: false,
  },
  { pattern: /provider not found: provider/, subreason: 'CSIDriverMissing', clears: true },
  {
    pattern: /failed to sync (?:secret|configmap) cache|object "[^"]*"\/"[^"]*" not registered/,
    subreason: 'CacheSyncTimeout',
    clears: true,
  },
  { pattern: /hostPath type check failed/, subreason: 'HostPathType', clears: false },
  {
    pattern: /not found in the list of registered CSI drivers|CSINode .* does not contain driver/,
    subreason: 'CSIDriverMissing',
    clears: true,
  },
  { pattern: /Multi-Attach error/, subreason: 'MultiAttach', clears: true },
  { pattern: /subPath/i, subreason: 'SubPath', clears: false },
  {
    pattern:
      /\b(?:volume|disk|persistentvolume(?:claim)?s?)\b.*(?:not found|does not exist)|InvalidVolume\.NotFound|UnauthorizedOperation|AuthorizationFailed|AccessDenied/i,
    subreason: 'AttachFailed',
    clears: false,
  },
  {
    pattern:
      /wrong fs type|bad superblock|need a \/sbin\/mount\.|unknown filesystem|access denied by server|Permission denied|permission denied|No such file or directory|no such file or directory|is not a directory|special device .* does not exist|path "[^"]*" does not exist|[Oo]peration not permitted|Invalid argument|authentication failed/,
    subreason: 'MountFailed',
    clears: false,
  },
  {
    pattern:
      /AttachVolume|[Ff]ailed to attach volume|[Vv]olumeInUse|already attached|attachment timeout|[Aa]ttachdetach/,
    subreason: 'AttachFailed',
    clears: true,
  },
];

/** What the kubelet adds each time it gives up for a while; it never says why. */
const GENERIC =
  /^(?:Unable to attach or mount volumes|Unable to mount volumes for pod|MountVolume\.SetUp failed for volume "[^"]*" : timed out)|timed out waiting for the condition$/;

/** A volume could not be attached or mounted: no container is created before all are there. */
export const volumeMount: Rule = {
  name: 'volume-mount',
  basis:
    'The kubelet mounts all volumes before any container; the status says ContainerCreating only, the events say why.',
  waiting: true,
  apply(facts) {
    if (facts.pod === null || !nothingStarted(facts) || deletedByOthers(facts)) return null;
    const events = facts.events
      .filter((one) => /^Failed(?:Mount|AttachVolume|MapVolume|AttachVolumeAttach)$/.test(one.reason))
      .reverse();
    if (wereMountedAfter(facts, events[0])) return null;
    const event = events.find((one) => !GENERIC.test(one.message)) ?? events[0];
    return event === undefined ? null : findingOf(facts, event, events);
  },
};

/** The kubelet asks for a sandbox only when all volumes are there: a later trouble with the sandbox proves it. */
function wereMountedAfter({ events }: Facts, last: EventFacts | undefined): boolean {
  const sandbox = events.findLast((one) => /^FailedCreatePodSandBox$/i.test(one.reason));
  return last !== undefined && sandbox !== undefined && (sandbox.at ?? 0) > (last.at ?? 0);
}

/** Which operation failed for which volume; what comes after it is the cause. */
const OPERATION = /^\w+Volume\.\w+ (?:initialization )?failed for volume "[^"]*" : /;

/** A driver or the node may not read what the volume is made from. */
function forbidden(facts: Facts, event: EventFacts): Finding {
  return {
    reason: 'Forbidden',
    subreason: 'RBACDenied',
    // The node authorizer learns a moment later which pods a node has.
    clears: /no relationship found/.test(event.message),
    message: `A volume cannot be used on node ${facts.pod?.node ?? ''}: ${event.message}`,
    citations: [citeEvent(event), ...citeNode(facts)],
  };
}

function findingOf(facts: Facts, event: EventFacts, events: readonly EventFacts[]): Finding {
  if (isRbacDenial(event.message)) return forbidden(facts, event);
  const row: Omit<TextRow, 'pattern'> = rowOf(TEXTS, neutral(event.message.replace(OPERATION, ''), namesOf(facts))) ?? {
    subreason: event.reason === 'FailedAttachVolume' ? 'AttachFailed' : 'MountTimeout',
    clears: true,
  };
  const name = /for volume "([^"]+)"/.exec(event.message)?.[1];
  const volumes = facts.pod?.volumes.filter((one) => one.claim !== null || one.name === name) ?? [];
  return {
    reason: row.reason ?? 'VolumeMount',
    subreason: row.subreason,
    clears: row.clears,
    message: `A volume cannot be used on node ${facts.pod?.node ?? ''}: ${event.message}`,
    citations: [
      citeEvent(event),
      ...events
        .filter((one) => one !== event)
        .slice(0, 1)
        .map(citeEvent),
      ...volumes.map((one) =>
        cite(
          facts.pod?.source ?? '',
          `spec.volumes[${one.name}]`,
          one.claim === null ? one.name : `claim ${one.claim}`,
        ),
      ),
      ...citeNode(facts),
    ],
  };
}
