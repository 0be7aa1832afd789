import type { Verdict } from '../../api/types.js';

/**
 * The cause in a few words, for the first line: numbers and names, no adjectives. Everything in it stands in the verdict.
 */
export function briefOf(verdict: Verdict): string {
  const { reason, subreason = '' } = verdict;
  const special = BY_SUBREASON[subreason];
  if (special !== undefined) return special(verdict);
  return BY_REASON[reason](verdict);
}

type Phrase = (verdict: Verdict) => string;

const BY_SUBREASON: Readonly<Record<string, Phrase>> = {
  OOMKilledExitZero: (v) => `${who(v)} was OOMKilled in part, yet ended with 0${at(limitOf(v))}`,
  ChildProcessOOM: (v) => `a child of ${who(v)} was OOMKilled${at(limitOf(v))}${exit(v)}`,
  SystemOOM: (v) => `the node ran out of memory and killed ${who(v)}`,
  ManifestUnknown: (v) => `image ${imageOf(v)} not found`,
  Unauthorized: (v) => `the registry refuses access to image ${imageOf(v)}`,
  PullSecretMissing: (v) => `pull secret missing for image ${imageOf(v)}`,
  RateLimited: (v) => `the registry limits pulls of image ${imageOf(v)}`,
  RegistryUnreachable: (v) => `registry unreachable for image ${imageOf(v)}`,
  TLSVerification: (v) => `registry certificate not trusted for ${imageOf(v)}`,
  InvalidImageName: (v) => `invalid image name ${imageOf(v)}`,
  PlatformMismatch: (v) => `no build for the node's platform in ${imageOf(v)}`,
  NeverPullAbsent: (v) => `image ${imageOf(v)} is not on the node, pull policy Never`,
  NoSpaceOnNode: (v) => `node disk full, cannot pull ${imageOf(v)}`,
  SecretNotFound: (v) => `Secret ${quoted(v, /secrets? "([^"]+)"/i)} not found`,
  ConfigMapNotFound: (v) => `ConfigMap ${quoted(v, /configmaps? "([^"]+)"/i)} not found`,
  SecretKeyNotFound: (v) => `key ${quoted(v, /key:? (\S+?)(?: in |$)/)} missing in a Secret`,
  ConfigMapKeyNotFound: (v) => `key ${quoted(v, /key:? (\S+?)(?: in |$)/)} missing in a ConfigMap`,
  ServiceAccountNotFound: (v) => `service account ${quoted(v, /service ?account "?([^" ]+)"?/i)} not found`,
  NamespaceNotFound: (v) => `namespace ${quoted(v, /namespaces? "([^"]+)"/i)} not found`,
  RunAsNonRoot: () => 'the image would run as root, which the pod forbids',
  InsufficientCPU: (v) => `no node has room: ${insufficient(v)}`,
  InsufficientMemory: (v) => `no node has room: ${insufficient(v)}`,
  InsufficientGPU: (v) => `no node has room: ${insufficient(v)}`,
  UnboundPVC: () => 'a volume claim is not bound',
  SchedulingGated: () => 'it waits behind a scheduling gate',
  NodeAffinityMismatch: () => "no node matches the pod's selector or affinity",
  ExecutableNotFound: (v) => `the command of ${who(v)} is not in the image`,
  PermissionDenied: (v) => `the command of ${who(v)} may not be executed`,
  ExecFormatError: (v) => `the program of ${who(v)} is for another platform`,
  MemoryLimitTooLow: (v) => `${who(v)} cannot start${at(limitOf(v))} of memory`,
  LivenessKilled: (v) => `${who(v)} killed: liveness probe failed`,
  StartupKilled: (v) => `${who(v)} killed: startup probe failed`,
  ReadinessFailing: (v) => `${who(v)} not ready: readiness probe fails`,
  PostStartHookFailed: (v) => `postStart hook of ${who(v)} failed`,
  WebhookUnavailable: (v) => `admission webhook ${quoted(v, /webhook "([^"]+)"/)} does not answer`,
  WebhookValidation: (v) => `admission webhook ${quoted(v, /webhook "([^"]+)"/)} said no`,
  PolicyDenied: (v) => `an admission policy said no${said(quoted(v, /webhook "([^"]+)"/, ''))}`,
  PodSecurity: () => 'the pod violates the Pod Security level of its namespace',
  LimitRange: () => 'the pod is outside the LimitRange of its namespace',
  JobSuspended: () => 'its Job was suspended',
  PodDeleted: () => 'deleted by somebody else',
  StartTimeout: () => 'it did not start within its start bound',
  RunBound: () => 'it ran into its run bound',
  RunTimeout: () => "it was cut by the run's timeout",
};

const BY_REASON: Readonly<Record<Verdict['reason'], Phrase>> = {
  AdmissionRejected: (v) =>
    `${v.evidence.some((one) => one.source === 'create') ? 'refused at admission' : 'refused by the kubelet'} (${words(v.subreason)})`,
  ApiServerError: (v) => `the API server did not answer properly (${words(v.subreason)})`,
  Cancelled: (v) => (v.subreason === 'UserCancelled' ? 'cancelled' : `stopped on purpose (${words(v.subreason)})`),
  ConfigurationError: (v) => `cannot run as it is written (${words(v.subreason)})`,
  ContainerCannotRun: (v) => `${who(v)} cannot be started (${words(v.subreason)})`,
  DeadlineExceeded: (v) => `deadline${limitText(v)} passed (${words(v.subreason)})`,
  Evicted: (v) => `evicted: ${words(v.subreason)}${onNode(v)}`,
  Forbidden: (v) => forbidden(v),
  ImagePull: (v) => `image ${imageOf(v)}: ${words(v.subreason)}`,
  InitContainerFailed: (v) => `init container ${v.container ?? ''} failed${exit(v)}`,
  NodeLost: (v) =>
    `node ${nodeOf(v)} ${LOST[v.subreason ?? ''] ?? 'lost'}${v.effects === 'Possible' ? ' while it ran' : ''}`,
  OOMKilled: (v) => `${who(v)} out of memory${at(limitOf(v))}${v.exitCode === 137 ? '' : exit(v)}`,
  Preempted: (v) => `preempted: ${words(v.subreason)}${onNode(v)}`,
  ProbeFailed: (v) => `a probe of ${who(v)} fails`,
  QuotaExceeded: (v) => `quota ${quoted(v, /exceeded quota: ([^,\s]+)/, 'of the namespace')} exceeded`,
  ResourceConflict: (v) =>
    v.subreason === 'AlreadyExists' ? 'the name is taken by another object' : `conflict (${words(v.subreason)})`,
  SandboxFailed: (v) => `no pod sandbox: ${words(v.subreason)}${onNode(v)}`,
  TaskFailed: (v) =>
    `${who(v)} failed${exit(v)}${v.subreason === undefined || v.subreason === 'ExitNonZero' || v.subreason === 'Signal' ? '' : ` (${words(v.subreason)})`}`,
  Unknown: (v) =>
    v.container === undefined ? 'failed, cause unknown' : `${who(v)} was killed${exit(v)}, cause unknown`,
  Unschedulable: (v) => `no node can take the pod (${words(v.subreason)})`,
  VolumeMount: (v) => `a volume cannot be mounted (${words(v.subreason)})`,
};

const LOST: Readonly<Record<string, string>> = {
  GracefulNodeShutdown: 'was shut down',
  NodeDeleted: 'was deleted',
  NodeRebooted: 'was rebooted',
};

function who({ container }: Verdict): string {
  return container ?? 'the container';
}

function exit({ exitCode }: Verdict): string {
  return exitCode === undefined ? '' : ` (exit ${exitCode})`;
}

function at(limit: string): string {
  return limit === '' ? '' : ` at ${limit}`;
}

function said(name: string): string {
  return name === '' ? '' : `: ${name}`;
}

function limitOf(verdict: Verdict): string {
  return verdict.evidence.find((one) => one.path.endsWith('resources.limits.memory'))?.value ?? '';
}

function imageOf(verdict: Verdict): string {
  const image = verdict.evidence.find((one) => one.path.endsWith('.image'))?.value ?? '';
  // A digest says nothing to a reader; its first digits are enough to find it.
  return image.replace(/@sha256:([0-9a-f]{8})[0-9a-f]+/, '@$1').replace(/^.*\/(?=[^/]+\/[^/]+$)/, '');
}

function nodeOf(verdict: Verdict): string {
  return verdict.evidence.find((one) => one.path === 'spec.nodeName')?.value ?? '';
}

function onNode(verdict: Verdict): string {
  const node = nodeOf(verdict);
  return node === '' ? '' : ` on node ${node}`;
}

function insufficient(verdict: Verdict): string {
  return (
    [...verdict.message.matchAll(/[Ii]nsufficient \S+?(?=[,.\s]|$)/g)].map((one) => one[0])[0] ??
    words(verdict.subreason)
  );
}

function forbidden(verdict: Verdict): string {
  const match = /[Uu]ser "([^"]+)" cannot (\S+) (?:resource "([^"]+)"|([a-z]\S*))/.exec(verdict.message);
  if (match === null) return `no permission (${words(verdict.subreason)})`;
  const user = (match[1] ?? '').replace(/^system:serviceaccount:/, '');
  return `${user} may not ${match[2] ?? ''} ${match[3] ?? match[4] ?? ''}`;
}

function limitText(verdict: Verdict): string {
  const found = /within "([^"]+)"|deadline of (\d+ seconds)/.exec(verdict.message);
  const limit = found?.[1] ?? found?.[2] ?? '';
  return limit === '' ? '' : ` of ${limit}`;
}

/** The first match in the message or the evidence. */
function quoted(verdict: Verdict, pattern: RegExp, none = ''): string {
  for (const text of [verdict.message, ...verdict.evidence.map((one) => one.value)]) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return none;
}

/** `NodeUnreachable` → `node unreachable`. */
function words(subreason: string | undefined): string {
  return (subreason ?? 'no detail')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .replace(/\b[A-Z](?=[a-z])/g, (one) => one.toLowerCase());
}
