import { isJsonArray, type Json } from './json.js';

/**
 * The JSON text of a value in the canonical form of RFC 8785: no white space, keys in the order of their UTF-16 code
 * units, numbers and strings as ECMAScript writes them. Equal values give equal texts, so that it can be hashed.
 * Members whose value is undefined are left out. A lone surrogate, which the RFC has no form for, is escaped.
 * @throws RangeError for a number that JSON cannot write (NaN, Infinity)
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is no JSON number`);
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Text without anything that JSON escapes: most of it, and to look is quicker than to have it escaped. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
