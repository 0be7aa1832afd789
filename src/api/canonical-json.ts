/**
 * A JSON value in the canonical form of RFC 8785 (JCS): no white space, members sorted by the UTF-16 code units of
 * their names, strings and numbers as ECMAScript writes them. Members that are undefined are left out. Throws a
 * TypeError for what JSON cannot say: NaN, infinities, functions, undefined, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function canonicalString(text: string): string {
  // RFC 8785 builds on I-JSON: a lone surrogate has no UTF-8 form, so that a hash of it would mean nothing.
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('JSON text has a lone surrogate');
  return JSON.stringify(text);
}
