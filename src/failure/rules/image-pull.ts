import { cite, citeEvent, citeNode, citeWaiting } from '../cite.js';
import type { ContainerFacts, EventFacts, Facts } from '../facts/facts.js';
import { lastEvent, namesOf } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { rowOf, type TextRow } from '../text-table.js';
import { blockedContainers, deletedByOthers, failuresOf } from './not-started.js';

/** Waiting reasons of the kubelet's image manager (pkg/kubelet/images/types.go, pkg/kubelet/sysctl CRI errors). */
const WAITING =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrInvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;

/** Registries and runtimes in their own words; the narrower row first (docker, containerd, CRI-O). */
const TEXTS: readonly TextRow[] = [
  {
    pattern: /toomanyrequests|429 Too Many Requests|rate limit|pull QPS exceeded/i,
    subreason: 'RateLimited',
    clears: true,
  },
  {
    pattern: /signature|Source image rejected|cosign|sigstore/i,
    subreason: 'SignatureValidationFailed',
    clears: false,
  },
  { pattern: /server gave HTTP response to HTTPS client/, subreason: 'InsecureRegistry', clears: false },
  { pattern: /TLS handshake timeout/, subreason: 'RegistryUnreachable', clears: true },
  { pattern: /x509:|certificate|tls: /, subreason: 'TLSVerification', clears: false },
  {
    pattern:
      /no match for platform|no matching manifest for|does not match the specified platform|cannot be used on this platform|no image found in (?:image index|manifest list) for architecture|choose an image/i,
    subreason: 'PlatformMismatch',
    clears: false,
  },
  {
    pattern: /no space left on device|disk quota exceeded|not enough (?:disk )?space/i,
    subreason: 'NoSpaceOnNode',
    clears: true,
  },
  {
    pattern:
      /(?:status(?: code)?:? |: |\[.*\]: )?\b(?:500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)|received unexpected HTTP status: 5\d\d|unexpected status code [^:]*: 5\d\d/i,
    subreason: 'RegistryUnreachable',
    clears: true,
  },
  {
    pattern:
      /no such host|i\/o timeout|connection refused|connection reset|network is unreachable|no route to host|server misbehaving|Temporary failure in name resolution|name resolution|Client\.Timeout|unexpected EOF|: EOF\b|broken pipe/i,
    subreason: 'RegistryUnreachable',
    clears: true,
  },
  {
    pattern:
      /\b401\b|\b403\b|unauthorized|authentication required|authorization failed|pull access denied|no basic auth credentials|insufficient_scope|requested access to the resource is denied|access denied|denied: |invalid username\/password|not authorized|security token .*(?:expired|invalid)/i,
    subreason: 'Unauthorized',
    clears: false,
  },
  {
    pattern:
      /manifest unknown|manifest for .* not found|not found|name unknown|NAME_UNKNOWN|repository .*does not exist|\b404\b|unknown blob|does not exist/i,
    subreason: 'ManifestUnknown',
    clears: false,
  },
  {
    pattern:
      /invalid reference format|couldn't parse image|invalid image name|did not resolve to an alias|short name mode is enforcing/i,
    subreason: 'InvalidImageName',
    clears: false,
  },
  {
    pattern: /context canceled|operation was canceled|pull (?:was )?cancell?ed/i,
    subreason: 'PullCanceled',
    clears: true,
  },
  { pattern: /context deadline exceeded|DeadlineExceeded|timed? ?out/i, subreason: 'PullTimeout', clears: true },
  {
    pattern: /no longer supported|unsupported (?:media type|manifest)|mediaType .* not supported/i,
    subreason: 'PlatformMismatch',
    clears: false,
  },
];

/** Between the kubelet and a usable image. */
export const imagePull: Rule = {
  name: 'image-pull',
  basis:
    'The kubelet waits with ErrImagePull, ImagePullBackOff and the like; the cause is in the message or a Failed event.',
  waiting: true,
  apply(facts) {
    if (deletedByOthers(facts)) return null;
    const hits = blockedContainers(facts)
      .filter((one) => isAboutImage(facts, one))
      .map((one) => findingOf(facts, one));
    // Several containers: one whose cause is known tells more.
    return hits.find((one) => one.subreason !== 'PullBackOff') ?? hits[0] ?? null;
  },
};

/** It waits for its image, or it did before its status was rewritten (only events still tell then). */
function isAboutImage(facts: Facts, container: ContainerFacts): boolean {
  const { reason } = container.waiting;
  if (WAITING.test(reason)) return true;
  if (/^(?:RunContainerError|Create|PostStart|CrashLoop)/.test(reason) || container.started) return false;
  const failed = pullEvent(facts, container);
  if (failed === null) return false;
  const pulled = lastEvent(facts, 'Pulled', (event) => event.container === container.name);
  return pulled === null || (pulled.at ?? 0) < (failed.at ?? 0);
}

function pullEvent(facts: Facts, container: ContainerFacts): EventFacts | null {
  return (
    failuresOf(facts, container).find((event) =>
      /^Failed to (?:pull|inspect|apply default) |not present with pull policy|pull QPS/.test(event.message),
    ) ?? null
  );
}

function findingOf(facts: Facts, container: ContainerFacts): Finding {
  const event = pullEvent(facts, container);
  const said = [container.waiting.message, event?.message ?? ''];
  const names = namesOf(facts);
  const texts = said.map((text) => neutral(text, names));
  const secrets = lastEvent(facts, 'FailedToRetrieveImagePullSecret');
  const { subreason, clears } = meaningOf(container, texts, secrets !== null);
  const says = SAYS[subreason] ?? subreason;
  const told =
    said.find((_, index) => rowOf(TEXTS, texts[index] ?? '') !== null) ?? said.find((text) => text !== '') ?? '';
  return {
    reason: 'ImagePull',
    subreason,
    clears,
    container,
    ...(subreason === 'PullBackOff'
      ? { confidence: 'Likely' as const, missing: ['the event that says why the pull failed'] }
      : {}),
    message: `Image ${container.image} of container ${container.name} cannot be had on node ${facts.pod?.node ?? ''} (${says}): ${told}`,
    citations: [
      ...(container.state === 'waiting' ? [citeWaiting(container)] : []),
      cite(container.source, `spec.containers[${container.name}].image`, container.image),
      ...(event === null ? [] : [citeEvent(event)]),
      ...(secrets === null ? [] : [citeEvent(secrets)]),
      ...citeNode(facts),
    ],
  };
}

function meaningOf(
  container: ContainerFacts,
  texts: readonly string[],
  secretMissing: boolean,
): Pick<TextRow, 'subreason' | 'clears'> {
  const { reason } = container.waiting;
  if (reason === 'ErrImageNeverPull' || texts.some((text) => /not present with pull policy of Never/.test(text))) {
    return { subreason: 'NeverPullAbsent', clears: false };
  }
  if (/InvalidImageName$/.test(reason)) return { subreason: 'InvalidImageName', clears: false };
  if (reason === 'ImageInspectError') return { subreason: 'ImageInspectError', clears: true };
  if (reason === 'SignatureValidationFailed') return { subreason: reason, clears: false };
  const rows = texts.flatMap((text) => {
    const row = rowOf(TEXTS, text);
    return row === null ? [] : [row];
  });
  const [row] = rows;
  if (row === undefined) {
    return reason === 'RegistryUnavailable'
      ? { subreason: 'RegistryUnreachable', clears: true }
      : { subreason: 'PullBackOff', clears: true };
  }
  if (row.subreason === 'Unauthorized' && secretMissing) {
    return { subreason: 'PullSecretMissing', clears: false };
  }
  return row;
}

/** The cause in a few words. */
const SAYS: Readonly<Record<string, string>> = {
  RateLimited: 'the registry limits the rate of pulls',
  SignatureValidationFailed: 'its signature was rejected',
  InsecureRegistry: 'the registry speaks plain HTTP',
  RegistryUnreachable: 'the registry cannot be reached',
  TLSVerification: "the registry's certificate is not trusted",
  PlatformMismatch: "there is no build for the node's platform",
  NoSpaceOnNode: "the node's disk is full",
  Unauthorized: 'the registry refused access',
  ManifestUnknown: 'the registry does not have it',
  InvalidImageName: 'the name is invalid',
  PullCanceled: 'the pull was cancelled',
  PullTimeout: 'the pull timed out',
  PullBackOff: 'nothing says why',
  PullSecretMissing: 'access refused, and a pull secret is missing',
  NeverPullAbsent: 'it is not on the node and its pull policy is Never',
  ImageInspectError: "the node's image store is broken",
};

/** What a text about a failed pull means, for texts without a pod (a TaskRun's status). */
export function pullMeaning(text: string): Pick<TextRow, 'subreason' | 'clears'> {
  if (/InvalidImageName/.test(text)) return { subreason: 'InvalidImageName', clears: false };
  const row = rowOf(TEXTS, neutral(text));
  return row === null ? { subreason: 'PullBackOff', clears: true } : { subreason: row.subreason, clears: row.clears };
}
