import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../api/clock.js';

/** How to reach and to convince an API server, as of now. */
export interface Access {
  /** e.g. `https://10.0.0.1:6443`, or `http://…` without TLS; may have a path. */
  readonly server: string;
  readonly tls: TlsAccess;
  /** Authorization, impersonation: lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export type TlsAccess = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'rejectUnauthorized'
>;

/** Gives the current access; asked for each request. */
export type Credentials = () => Promise<Access>;

/** Where credentials come from. `file` without `context`: its current context. */
export type CredentialsSource =
  | { readonly kind: 'file'; readonly path: string; readonly context?: string | undefined }
  /** Text of a kubeconfig. */
  | { readonly kind: 'text'; readonly text: string; readonly context?: string | undefined }
  /** KUBECONFIG, else ~/.kube/config, else the service account of the pod we run in. */
  | { readonly kind: 'default'; readonly context?: string | undefined }
  | { readonly kind: 'in-cluster' };

/** What was found, for messages and defaults. */
export interface LoadedCredentials {
  readonly credentials: Credentials;
  readonly server: string;
  readonly context: string;
  /** Namespace of the context, or null. */
  readonly namespace: string | null;
}

/** The kubeconfig (or the pod's service account) cannot be used. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** Tokens rotate and files are replaced: what was read is believed no longer than this. */
const BELIEVED_FOR_MS = 30_000;

/**
 * Reads credentials of every kind that kubeconfigs know (client certificates, tokens and their files, basic, exec
 * plugins, OIDC, the pod's service account). The only place that loads @kubernetes/client-node, and only when called
 * (docs/decisions/0003).
 */
export async function loadCredentials(source: CredentialsSource, clock: Clock): Promise<LoadedCredentials> {
  const { KubeConfig } = await import('./kube-config.js');
  const config = new KubeConfig();
  load(config, source);
  const cluster = config.getCurrentCluster();
  const context = config.getCurrentContext();
  if (cluster === null) {
    throw new CredentialsError(
      `${describe(source)} has no cluster for the context "${context}"; name one with --context`,
    );
  }
  checkServer(cluster.server, source);
  if (cluster.proxyUrl !== undefined && cluster.proxyUrl !== '') {
    throw new CredentialsError(
      `${describe(source)} wants the proxy ${cluster.proxyUrl}; proxies are not supported yet`,
    );
  }
  // client-node refuses plain HTTP unless TLS verification is off; without TLS there is nothing to verify.
  if (cluster.server.startsWith('http:')) {
    config.clusters = config.clusters.map((each) => (each === cluster ? { ...each, skipTLSVerify: true } : each));
  }
  return {
    credentials: memoise(() => accessOf(config, cluster.server), clock),
    server: cluster.server,
    context,
    namespace: config.getContextObject(context)?.namespace ?? null,
  };
}

/** Access that never changes: a server without authentication, or with a fixed token. */
export function fixedCredentials(server: string, options: { readonly token?: string } = {}): Credentials {
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const access: Access = { server, tls: {}, headers };
  return () => Promise.resolve(access);
}

function load(config: KubeConfig, source: CredentialsSource): void {
  try {
    if (source.kind === 'in-cluster') {
      config.loadFromCluster();
      return;
    }
    if (source.kind === 'file') config.loadFromFile(source.path);
    else if (source.kind === 'text') config.loadFromString(source.text);
    else config.loadFromDefault();
  } catch (error) {
    throw new CredentialsError(`${describe(source)} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (source.context === undefined) return;
  if (config.getContextObject(source.context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new CredentialsError(
      `${describe(source)} has no context "${source.context}"; it has: ${known.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(source.context);
}

function checkServer(server: string, source: CredentialsSource): void {
  if (URL.canParse(server) && /^https?:/.test(server)) return;
  const hint = source.kind === 'in-cluster' ? '; this process does not run in a pod' : '';
  throw new CredentialsError(`${describe(source)} names no usable server (${server})${hint}`);
}

function describe(source: CredentialsSource): string {
  switch (source.kind) {
    case 'file':
      return `the kubeconfig ${source.path}`;
    case 'text':
      return 'the given kubeconfig';
    case 'default':
      return 'the default kubeconfig';
    case 'in-cluster':
      return 'the service account of this pod';
  }
}

/** Asks client-node for what it would put on a node:https request; its agent (without keep-alive) is not used. */
async function accessOf(config: KubeConfig, server: string): Promise<Access> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new CredentialsError(`credentials for ${server} could not be got: ${messageOf(error)}`, { cause: error });
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (typeof options.auth === 'string')
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return { server, tls: tlsOf(options), headers };
}

function tlsOf({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }: RequestOptions): TlsAccess {
  const all = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Concurrent callers share one read; a failed one is not remembered. */
function memoise(read: () => Promise<Access>, clock: Clock): Credentials {
  let last: { readonly until: number; readonly access: Promise<Access> } | null = null;
  return async () => {
    if (last !== null && clock.monotonic() < last.until) return last.access;
    const current = { until: clock.monotonic() + BELIEVED_FOR_MS, access: read() };
    last = current;
    try {
      return await current.access;
    } catch (error) {
      // It may have been replaced meanwhile by a newer read.
      if (Object.is(last, current)) last = null;
      throw error;
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
