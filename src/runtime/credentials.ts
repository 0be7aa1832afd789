import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../api/clock.js';
import { isJsonObject } from '../api/json.js';
import type { Access, Credentials, TlsAccess } from './access.js';
import { believedAccess } from './believed-access.js';
import { CredentialsError } from './credentials-error.js';
import { type CredentialsSource, describeSource } from './credentials-source.js';
import type { ReadKubeConfig } from './read-kube-config.js';
import { type TokenFile, tokenReader } from './token-file.js';

/** What was found, for messages and defaults. */
export interface LoadedCredentials {
  readonly credentials: Credentials;
  readonly server: string;
  readonly context: string;
  /** Namespace of the context, or null. */
  readonly namespace: string | null;
}

/** What a kubeconfig says, of which context. */
interface Loaded {
  readonly config: KubeConfig;
  readonly context: string;
  readonly server: string;
  /** Null: its user has none. */
  readonly tokenFile: TokenFile | null;
}

/**
 * Reads credentials of every kind that kubeconfigs know (client certificates, tokens and their files, basic, exec
 * plugins, OIDC, the pod's service account). The only place that loads @kubernetes/client-node, and only when called
 * (docs/decisions/0003).
 */
export async function loadCredentials(source: CredentialsSource, clock: Clock): Promise<LoadedCredentials> {
  const { readKubeConfig } = await import('./read-kube-config.js');
  const load = (context: string | undefined): Loaded => loadConfig(readKubeConfig, source, context);
  const first = load('context' in source ? source.context : undefined);
  let current = first;

  /** client-node keeps what it has read of files and plugins for a time of its own; a new KubeConfig knows nothing. */
  function reload(): void {
    try {
      const next = load(first.context);
      // Another server is another cluster: it would get what is meant for ours.
      if (next.server === first.server) current = next;
    } catch {
      // Being written just now, or it could be read only once (a pipe): what it said still counts.
    }
  }

  let isFresh = true;
  const tokenOf = tokenReader();
  const read = async (again: boolean): Promise<Access> => {
    // A plugin knows until when its answer holds, so it is not asked before that unless the server has refused it.
    if (again || (!isFresh && !asksPlugin(current.config))) reload();
    isFresh = false;
    const { config, tokenFile } = current;
    const access = await accessOf(config, first.server);
    if (tokenFile === null) return access;
    // As in client-go it comes before whatever else the kubeconfig has of a token.
    return { ...access, headers: { ...access.headers, authorization: `Bearer ${await tokenOf(tokenFile, again)}` } };
  };
  return {
    credentials: believedAccess(read, clock),
    server: first.server,
    context: first.context,
    namespace: first.config.getContextObject(first.context)?.namespace ?? null,
  };
}

/** Access that never changes: a server without authentication, or with a fixed token. */
export function fixedCredentials(server: string, options: { readonly token?: string } = {}): Credentials {
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const access: Access = { server, tls: {}, headers };
  return () => Promise.resolve(access);
}

function loadConfig(
  read: (source: CredentialsSource) => ReadKubeConfig,
  source: CredentialsSource,
  wanted: string | undefined,
): Loaded {
  const { config, tokenFiles } = readOf(read, source);
  if (wanted !== undefined) selectContext(config, source, wanted);
  const cluster = config.getCurrentCluster();
  const context = config.getCurrentContext();
  if (cluster === null) {
    throw new CredentialsError(
      `${describeSource(source)} has no cluster for the context "${context}"; name one with --context`,
    );
  }
  checkServer(cluster.server, source);
  if (cluster.proxyUrl !== undefined && cluster.proxyUrl !== '') {
    throw new CredentialsError(
      `${describeSource(source)} wants the proxy ${cluster.proxyUrl}; proxies are not supported yet`,
    );
  }
  // client-node refuses plain HTTP unless TLS verification is off; without TLS there is nothing to verify.
  if (cluster.server.startsWith('http:')) {
    config.clusters = config.clusters.map((each) => (each === cluster ? { ...each, skipTLSVerify: true } : each));
  }
  const user = config.getCurrentUser()?.name ?? '';
  const path = tokenFiles.get(user);
  return { config, context, server: cluster.server, tokenFile: path === undefined ? null : { path, user } };
}

function readOf(read: (source: CredentialsSource) => ReadKubeConfig, source: CredentialsSource): ReadKubeConfig {
  try {
    return read(source);
  } catch (error) {
    throw new CredentialsError(`${describeSource(source)} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function selectContext(config: KubeConfig, source: CredentialsSource, wanted: string): void {
  if (config.getContextObject(wanted) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new CredentialsError(
      `${describeSource(source)} has no context "${wanted}"; it has: ${known.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(wanted);
}

/** True where a program or an identity provider gives the token, with its own word on how long it holds. */
function asksPlugin(config: KubeConfig): boolean {
  const user = config.getCurrentUser();
  return user !== null && (isJsonObject(user.exec) || isJsonObject(user.authProvider));
}

function checkServer(server: string, source: CredentialsSource): void {
  if (URL.canParse(server) && /^https?:/.test(server)) return;
  const hint = source.kind === 'in-cluster' ? '; this process does not run in a pod' : '';
  throw new CredentialsError(`${describeSource(source)} names no usable server (${server})${hint}`);
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
