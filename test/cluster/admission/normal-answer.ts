import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';

/** What differs between two servers that behave the same: identities, times, who managed what. */
const volatile: ReadonlySet<string> = new Set(['managedFields', 'resourceVersion', 'creationTimestamp']);
const uid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * An answer in the form in which answers are compared. Known differences are taken out of both: the volume with the
 * service account's token, which the embedded cluster does not make, and the internal structs that the real server
 * prints after a pod's or template's illegal change. Of what existed before, the status is its controllers' business.
 */
export function normalAnswer(answer: JsonObject, existed: boolean): Json {
  if (answer['kind'] === 'Status') return normalStatus(answer);
  const { status, ...rest } = answer;
  return normal(existed || status === undefined ? rest : answer);
}

function normalStatus({ code, reason, message, details }: JsonObject): Json {
  const causes = isJsonObject(details) && isJsonArray(details['causes']) ? details['causes'].map(normal) : [];
  // Go walks maps in any order; the message of a 422 is made of its causes.
  const unique = [...new Set(causes.map((cause) => JSON.stringify(cause)))].sort();
  const text = code === 422 ? {} : { message: message ?? '' };
  return { code: code ?? 0, reason: reason ?? '', ...text, causes: unique };
}

function normal(value: Json): Json {
  if (typeof value === 'string') return normalText(value);
  if (isJsonArray(value)) return value.filter((entry) => !isToken(entry)).map(normal);
  if (!isJsonObject(value)) return value;
  const members: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined || volatile.has(key)) continue;
    const next = normal(member);
    const emptied = isJsonArray(member) && isJsonArray(next) && member.length > 0 && next.length === 0;
    if (!emptied) members[key] = next;
  }
  return members;
}

function normalText(text: string): string {
  const readable = text.replace(uid, 'UID').replace(/\n@@[\s\S]*$/, '');
  return readable.replace(/(Invalid value: )\{.*("Capabilities"|"Volumes").*\}(: )/, '$1{…}$3');
}

function isToken(entry: Json): boolean {
  return isJsonObject(entry) && typeof entry['name'] === 'string' && entry['name'].startsWith('kube-api-access-');
}
