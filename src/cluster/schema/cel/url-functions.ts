import {
  celFunc,
  celList,
  celMap,
  celMethod,
  CelScalar,
  listType,
  mapType,
  type CelFunc,
  type CelMap,
} from '@bufbuild/cel';

const { BOOL, STRING } = CelScalar;
/** CEL's values are closed: an opaque value is a map with a key that no JSON has. */
const opaque = mapType(STRING, STRING);
const key = '\u0000url';

/** url library: url, isURL and the getters. Absolute URLs and absolute paths, as Go's url.ParseRequestURI reads them. */
export const urlFunctions: readonly CelFunc[] = [
  celFunc('url', [STRING], opaque, (text) => {
    const fault = urlFault(text);
    if (fault !== null)
      throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${fault}`);
    return celMap(new Map([[key, text]]));
  }),
  celFunc('isURL', [STRING], BOOL, (text) => urlFault(text) === null),
  getter('getScheme', (url) => url.protocol.replace(/:$/, '')),
  getter('getHost', (url) => url.host),
  getter('getHostname', (url) => url.hostname.replace(/^\[|\]$/g, '')),
  getter('getPort', (url) => url.port),
  getter('getEscapedPath', (url) => url.pathname),
  celMethod('getQuery', opaque, [], mapType(STRING, listType(STRING)), function () {
    const query = new Map<string, string[]>();
    for (const [name, value] of urlOf(this).url.searchParams) query.set(name, [...(query.get(name) ?? []), value]);
    return celMap(new Map([...query].map(([name, values]) => [name, celList(values)])));
  }),
];

function getter(name: string, read: (url: URL) => string): CelFunc {
  return celMethod(name, opaque, [], STRING, function () {
    const { url, isPath } = urlOf(this);
    return isPath && name !== 'getEscapedPath' ? '' : read(url);
  });
}

function urlFault(text: string): string | null {
  if (text === '') return 'empty url';
  if (text.startsWith('/')) return URL.canParse(text, 'http://path.invalid') ? null : 'invalid URI for request';
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return 'invalid URI for request';
  const port = /^[^:]+:\/\/[^/?#]*?:([^\]/?#]*)(?:[/?#]|$)/.exec(text)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  return URL.canParse(text) ? null : 'invalid URI for request';
}

function urlOf(value: CelMap): { readonly url: URL; readonly isPath: boolean } {
  const text = value.get(key);
  if (typeof text !== 'string') throw new Error('no such overload');
  const isPath = text.startsWith('/');
  return { url: new URL(text, 'http://path.invalid'), isPath };
}
