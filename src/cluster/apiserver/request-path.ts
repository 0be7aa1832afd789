/** What a path names, before anybody looks whether it is served. */
export type RequestPath =
  | { readonly type: 'resource'; readonly target: ResourcePath }
  /** Discovery, health, version … */
  | { readonly type: 'other'; readonly path: string };

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** '' for cluster-scoped resources and lists of all namespaces. */
  readonly namespace: string;
  /** '' for a collection. */
  readonly name: string;
  readonly subresource: string;
}

const NAMESPACE_SUBRESOURCES: readonly string[] = ['status', 'finalize'];

/**
 * `/api/v1/…` and `/apis/GROUP/VERSION/…`, as the real server's RequestInfo reads them: `namespaces/NAME` is a namespace,
 * `namespaces/NAME/RESOURCE` a resource in it, except for the namespace's own subresources.
 */
export function parseRequestPath(path: string): RequestPath {
  const parts = path.split('/').slice(1).map(decode);
  if (parts.at(-1) === '') parts.pop();
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length > 1) return resourceAt('', rest[0] ?? '', rest.slice(1));
  if (root === 'apis' && rest.length > 2) return resourceAt(rest[0] ?? '', rest[1] ?? '', rest.slice(2));
  return { type: 'other', path: `/${parts.join('/')}` };
}

function resourceAt(group: string, version: string, parts: readonly string[]): RequestPath {
  const [first = '', second = '', third = ''] = parts;
  const inNamespace = first === 'namespaces' && third !== '' && !NAMESPACE_SUBRESOURCES.includes(third);
  const [plural = '', name = '', ...more] = inNamespace ? parts.slice(2) : parts;
  const namespace = inNamespace || (first === 'namespaces' && second !== '') ? second : '';
  return { type: 'resource', target: { group, version, plural, namespace, name, subresource: more.join('/') } };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % names nothing that exists: the answer will be a 404
  }
}
