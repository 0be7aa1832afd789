import { isJsonObject, type JsonObject } from '../../api/json.js';
import type { FieldProblem } from '../../api/field-problem.js';

interface Rule {
  readonly pattern: RegExp;
  readonly message: string;
}

const LABEL: Rule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  message: "is no RFC 1123 label: lower case letters, digits and '-', with a letter or a digit at both ends",
};
/** As the API server has it for names of custom resources, and nearly in its words. */
const SUBDOMAIN: Rule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  message: "is no RFC 1123 subdomain: lower case letters, digits, '-' and '.', with a letter or a digit at both ends",
};

/** What is wrong with how an object is called; how long names may be is the schema's business. */
export function nameFaults(object: JsonObject): readonly FieldProblem[] {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const { name, generateName, namespace } = metadata;
  const isNamed = [name, generateName].some((each) => typeof each === 'string' && each !== '');
  if (!isNamed) return [{ path: 'metadata.name', message: 'is required (or metadata.generateName)' }];
  return [
    ...faultOf('metadata.name', name, SUBDOMAIN),
    // The API server adds letters and digits to it, so it may end as no name may.
    ...faultOf('metadata.generateName', generateName, SUBDOMAIN, 'x'),
    ...faultOf('metadata.namespace', namespace, LABEL),
  ];
}

/** Of what is no text the schema tells. `ending`: what will stand behind it. */
function faultOf(path: string, written: unknown, { pattern, message }: Rule, ending = ''): readonly FieldProblem[] {
  if (typeof written !== 'string' || written === '' || pattern.test(written + ending)) return [];
  return [{ path, message: `${JSON.stringify(written)} ${message}` }];
}
