import type { Reason } from '../../api/types.js';
import { neutral } from '../neutral.js';
import { quantityOf } from '../quantity.js';
import { rowOf, type TextRow } from '../text-table.js';

/** What the API server's answer to a create means. */
export interface Refusal {
  readonly reason: Reason;
  readonly subreason: string;
  readonly clears: boolean;
  /** The create may have gone through all the same. */
  readonly open: boolean;
}

interface Answer {
  readonly text: string;
  /** HTTP status; 0 where only the text is known (an event of a controller). */
  readonly code: number;
  /** metav1.StatusReason; empty where only the text is known. */
  readonly reason: string;
}

/** A user cannot do something to a resource: the sentence of the RBAC authorizer, from 1.10 on and before. */
const RBAC =
  /\b[Uu]ser "[^"]*" cannot \S+ (?:resource "[^"]*"|[a-z]\S*)(?: in API group "[^"]*")?(?: (?:in the namespace "|at the cluster scope|in namespace ")|[.,:]|$)/;

/** Whether a text holds the API server's full RBAC sentence; single words such as "forbidden" prove nothing. */
export function isRbacDenial(text: string): boolean {
  return /is forbidden: [Uu]ser "[^"]+" cannot /.test(text) && RBAC.test(text);
}

/**
 * Texts of admission plug-ins, quota and storage (k8s.io/kubernetes plugin/pkg/admission, k8s.io/apiserver). The HTTP
 * status does not tell them apart: quota, Pod Security, LimitRange and RBAC all answer 403.
 */
const ADMISSION: readonly TextRow[] = [
  {
    pattern:
      /failed calling (?:admission )?webhook|failed to call webhook|conversion webhook for .* failed|admission plugin "[^"]*" failed to complete (?:mutation|validation)/,
    reason: 'AdmissionRejected',
    subreason: 'WebhookUnavailable',
    clears: true,
  },
  {
    pattern: /ValidatingAdmissionPolicy '.*' (?:with binding '.*' )?denied request/,
    reason: 'AdmissionRejected',
    subreason: 'PolicyDenied',
    clears: false,
  },
  {
    pattern: /admission webhook ".*" denied the request/,
    reason: 'AdmissionRejected',
    subreason: 'WebhookValidation',
    clears: false,
  },
  {
    pattern: /resource quota evaluat\w+ time/,
    reason: 'ApiServerError',
    subreason: 'QuotaEvaluationTimeout',
    clears: true,
  },
  {
    pattern: /Operation cannot be fulfilled on resourcequotas/,
    reason: 'ResourceConflict',
    subreason: 'QuotaUpdateConflict',
    clears: true,
  },
  {
    pattern: /failed quota: .*must specify/s,
    reason: 'AdmissionRejected',
    subreason: 'QuotaRequiresResources',
    clears: false,
  },
  { pattern: /status unknown for quota/, reason: 'AdmissionRejected', subreason: 'QuotaStatusUnknown', clears: true },
  { pattern: /exceeded quota/, reason: 'QuotaExceeded', subreason: 'ResourceQuota', clears: true },
  {
    pattern:
      /violates PodSecurity|unable to validate against any pod security policy|PodSecurityPolicy: unable to admit pod/,
    reason: 'AdmissionRejected',
    subreason: 'PodSecurity',
    clears: false,
  },
  {
    pattern: /unable to validate against any security context constraint/,
    reason: 'AdmissionRejected',
    subreason: 'SecurityContextConstraints',
    clears: false,
  },
  {
    pattern: /(?:minimum|maximum) \S+ usage per (?:Container|Pod|PersistentVolumeClaim)|max limit to request ratio per/,
    reason: 'AdmissionRejected',
    subreason: 'LimitRange',
    clears: false,
  },
  {
    pattern: /because it is being terminated/,
    reason: 'AdmissionRejected',
    subreason: 'NamespaceTerminating',
    clears: false,
  },
  {
    pattern: /RuntimeClass "[^"]*" not found/,
    reason: 'ConfigurationError',
    subreason: 'RuntimeClassNotFound',
    clears: false,
  },
  {
    pattern: /no PriorityClass with name/,
    reason: 'ConfigurationError',
    subreason: 'PriorityClassNotFound',
    clears: false,
  },
  {
    pattern: /[Nn]o API token found for service account/,
    reason: 'ConfigurationError',
    subreason: 'ServiceAccountNotFound',
    clears: true,
  },
  {
    pattern: /service ?account "?[^" ]*"? (?:was )?not found|error looking up service account/,
    reason: 'ConfigurationError',
    subreason: 'ServiceAccountNotFound',
    clears: false,
  },
  {
    pattern:
      /cannot set blockOwnerDeletion|cannot set an ownerRef on a resource you can't delete|can't set finalizers on/,
    reason: 'Forbidden',
    subreason: 'OwnerFinalizersDenied',
    clears: false,
  },
  {
    pattern: /attempting to grant RBAC permissions not currently held/,
    reason: 'Forbidden',
    subreason: 'RBACDenied',
    clears: false,
  },
];

/** 404s: the missing object is named by its resource. */
const NOT_FOUND: readonly TextRow[] = [
  { pattern: /namespaces? "[^"]*" not found/, subreason: 'NamespaceNotFound', clears: false },
  { pattern: /secrets? "[^"]*" not found/, subreason: 'SecretNotFound', clears: false },
  { pattern: /configmaps? "[^"]*" not found/, subreason: 'ConfigMapNotFound', clears: false },
  { pattern: /serviceaccounts? "[^"]*" not found/, subreason: 'ServiceAccountNotFound', clears: false },
  { pattern: /pipelines?(?:\.tekton\.dev)? "[^"]*" not found/, subreason: 'PipelineNotFound', clears: false },
  { pattern: /tasks?(?:\.tekton\.dev)? "[^"]*" not found/, subreason: 'TaskNotFound', clears: false },
];

/**
 * The API server, or etcd behind it, did not do its work. Open: nobody knows whether the object was stored; admission,
 * flow control, a missing leader and a refused connection come before anything is stored.
 */
const SERVER: readonly (TextRow & { readonly open: boolean })[] = [
  {
    pattern: /etcdserver: request is too large|[Rr]equest entity too large/,
    reason: 'ConfigurationError',
    subreason: 'InvalidPodSpec',
    clears: false,
    open: false,
  },
  { pattern: /etcdserver: leader changed/, subreason: 'EtcdLeaderChanged', clears: true, open: true },
  {
    pattern:
      /etcdserver: (?:no leader|too many requests|not capable|mvcc: database space exceeded)|database space exceeded/,
    subreason: 'EtcdUnavailable',
    clears: true,
    open: false,
  },
  {
    pattern:
      /etcdserver: request timed out|request did not complete within|context deadline exceeded|Timeout: |Client\.Timeout|http2: client connection lost|unexpected EOF|connection reset by peer/,
    subreason: 'RequestTimeout',
    clears: true,
    open: true,
  },
  {
    pattern:
      /connect: connection refused|no such host|TLS handshake timeout|no route to host|apiserver is shutting down/,
    subreason: 'ServerUnavailable',
    clears: true,
    open: false,
  },
  {
    pattern: /Too many requests|too many requests|currently unable to handle the request/,
    subreason: 'ServerUnavailable',
    clears: true,
    open: false,
  },
];

/** What an answer means, or null where it is none that is known. */
export function refusalOf({ text: raw, code, reason }: Answer): Refusal | null {
  const text = neutral(raw);
  const admission = rowOf(ADMISSION, text);
  if (admission !== null)
    return closed(admission, { ...quotaRefinement(admission, raw), ...policyRefinement(admission, raw) });
  if (isRbacDenial(text)) return { reason: 'Forbidden', subreason: 'RBACDenied', clears: false, open: false };
  if (code === 409 || reason === 'AlreadyExists' || reason === 'Conflict') return conflict(text);
  if (code === 404 || reason === 'NotFound')
    return configuration(rowOf(NOT_FOUND, text)?.subreason ?? 'InvalidPodSpec');
  if (code === 422 || reason === 'Invalid' || code === 400 || reason === 'BadRequest')
    return configuration('InvalidPodSpec');
  const server = SERVER.find((row) => row.pattern.test(text));
  if (server !== undefined) {
    return {
      reason: server.reason ?? 'ApiServerError',
      subreason: server.subreason,
      clears: server.clears,
      open: server.open,
    };
  }
  if (code === 413 || code === 405 || code === 415) return configuration('InvalidPodSpec');
  if (code === 429 || code === 503)
    return { reason: 'ApiServerError', subreason: 'ServerUnavailable', clears: true, open: false };
  if (code >= 500) return { reason: 'ApiServerError', subreason: 'RequestTimeout', clears: true, open: true };
  if (code === 403 || reason === 'Forbidden')
    return closed({ reason: 'AdmissionRejected', subreason: 'PolicyDenied', clears: false });
  if (code === 401) return { reason: 'Forbidden', subreason: 'Unauthenticated', clears: false, open: false };
  return null;
}

/** What a text about a failed read of the API server means; nothing is created by a read, so nothing is open. */
export function serverErrorOf(raw: string): Refusal | null {
  const text = neutral(raw);
  const row = SERVER.find(
    (one) => one.pattern.test(text) && /etcdserver|apiserver|API server|currently unable|Too many requests/.test(text),
  );
  return row === undefined
    ? null
    : { reason: row.reason ?? 'ApiServerError', subreason: row.subreason, clears: row.clears, open: false };
}

/** What a controller's text about a refused create means; it has no status code. */
export function refusalOfText(raw: string): Refusal | null {
  const known = refusalOf({ text: raw, code: 0, reason: '' });
  if (known !== null) return known;
  const text = neutral(raw);
  if (/already exists/.test(text)) return conflict(text);
  const absent = rowOf(NOT_FOUND, text);
  if (absent !== null) return configuration(absent.subreason);
  if (/ is invalid: /.test(text)) return configuration('InvalidPodSpec');
  return / is forbidden: /.test(text)
    ? closed({ reason: 'AdmissionRejected', subreason: 'PolicyDenied', clears: false })
    : null;
}

type Row = Pick<TextRow, 'reason' | 'subreason' | 'clears'>;

function closed(row: Row, refined: Partial<Row> = {}): Refusal {
  return { reason: 'AdmissionRejected', ...row, ...refined, open: false };
}

function configuration(subreason: string): Refusal {
  return { reason: 'ConfigurationError', subreason, clears: false, open: false };
}

/** An object that is being deleted makes room; a changed one is read again; a name that is taken stays taken. */
function conflict(text: string): Refusal {
  const base = { reason: 'ResourceConflict', open: false } as const;
  if (/object is being deleted/.test(text)) return { ...base, subreason: 'ObjectBeingDeleted', clears: true };
  if (/[Pp]recondition failed/.test(text)) return { ...base, subreason: 'PreconditionFailed', clears: true };
  if (/object has been modified/.test(text)) return { ...base, subreason: 'PreconditionFailed', clears: true };
  return { ...base, subreason: 'AlreadyExists', clears: false };
}

/** A policy engine's webhook, told by what it is called or says; a closer word only. */
function policyRefinement({ subreason }: TextRow, text: string): Partial<Row> {
  return subreason === 'WebhookValidation' && /policy|gatekeeper|kyverno/i.test(text)
    ? { subreason: 'PolicyDenied' }
    : {};
}

/**
 * `exceeded quota: NAME, requested: a=1,b=2, used: …, limited: …` lists the exceeded resources only. What is more than the
 * whole quota never fits, however long one waits.
 */
function quotaRefinement(row: TextRow, text: string): Partial<Row> {
  if (row.reason !== 'QuotaExceeded') return {};
  const requested = amountsOf(text, 'requested');
  const limited = amountsOf(text, 'limited');
  const names = Object.keys(requested);
  const neverFits = names.some((name) => (requested[name] ?? 0) > (limited[name] ?? Infinity));
  return { ...(neverFits ? { clears: false } : {}), ...quotaKind(names) };
}

function quotaKind(names: readonly string[]): Partial<Row> {
  const isCompute = (name: string): boolean =>
    /cpu|memory|ephemeral-storage|\//.test(name) && !/^count\/|storageclass/.test(name);
  if (names.length === 0 || names.some(isCompute)) return {};
  return { subreason: names.some((name) => /storage/.test(name)) ? 'StorageQuota' : 'ObjectCountQuota' };
}

function amountsOf(text: string, part: string): Record<string, number> {
  const list = new RegExp(`${part}: (\\S+)`).exec(text)?.[1] ?? '';
  const pairs = list.split(',').flatMap((one) => {
    const [name = '', amount = ''] = one.split('=');
    // The list may end a sentence of whoever quotes it.
    const value = quantityOf(amount.replace(/[.;:]+$/, ''));
    return name === '' || value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}
