import type { RequestOptions } from 'node:https';

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

/**
 * Gives the current access; asked for each request, and the same object as long as nothing has changed. `refused`: what
 * the server has just answered with 401 Unauthorized; the credentials are read again at once where they are still that.
 */
export type Credentials = (options?: { readonly refused?: Access }) => Promise<Access>;
