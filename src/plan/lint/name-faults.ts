import { isJsonObject, type JsonObject } from '../../api/json.js';
import type { FieldProblem } from '../../api/field-problem.js';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** As the API server has it for names of custom resources, and nearly in its words. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NO_SUBDOMAIN =
  "is no RFC 1123 subdomain: lower case letters, digits, '-' and '.', with a letter or a digit at both ends";
const NO_LABEL = "is no RFC 1123 label: lower case letters, digits and '-', with a letter or a digit at both ends";

/** What is wrong with how an object is called; how long names may be is the schema's business. */
export function nameFaults(object: JsonObject): readonly FieldProblem[] {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const { name, generateName, namespace } = metadata;
  const isNamed = [name, generateName].some((each) => typeof each === 'string' && each !== '');
  if (!isNamed) return [{ path: 'metadata.name', message: 'is required (or metadata.generateName)' }];
  // The API server adds letters and digits to it, so it may end as no name may.
  const generated = typeof generateName === 'string' && generateName !== '' ? `${generateName}x` : null;
  return [
    ...faultOf('metadata.name', { written: name, checked: name, pattern: SUBDOMAIN, message: NO_SUBDOMAIN }),
    ...faultOf('metadata.generateName', {
      written: generateName,
      checked: generated,
      pattern: SUBDOMAIN,
      message: NO_SUBDOMAIN,
    }),
    ...faultOf('metadata.namespace', { written: namespace, checked: namespace, pattern: LABEL, message: NO_LABEL }),
  ];
}

interface Checked {
  readonly written: unknown;
  readonly checked: unknown;
  readonly pattern: RegExp;
  readonly message: string;
}

/** Of what is no text the schema tells. */
function faultOf(path: string, { written, checked, pattern, message }: Checked): readonly FieldProblem[] {
  if (typeof checked !== 'string' || checked === '' || pattern.test(checked)) return [];
  return [{ path, message: `${JSON.stringify(written)} ${message}` }];
}
