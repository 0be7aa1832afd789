import type { Json, JsonObject } from '../../api/json.js';
import type { ParameterValue } from '../plan.js';
import { MIN_SENSITIVE_LENGTH } from '../sensitive.js';
import type { SpecReader } from '../spec-reader.js';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_PARAMETERS = 64;
const MAX_VALUE = 4_096;

/** The parameters of a spec by name, each with a value of its type, or a reference to a secret that the kubelet resolves. */
export function readParameters(
  reader: SpecReader,
  value: Json | undefined,
  path: string,
): Record<string, ParameterValue> {
  const parameters = new Map<string, ParameterValue>();
  const list = reader.list(value, path);
  if (list.length > MAX_PARAMETERS)
    reader.report(path, `may hold at most ${MAX_PARAMETERS} parameters, and holds ${list.length}`);
  list.slice(0, MAX_PARAMETERS).forEach((item, index) => {
    const at = `${path}[${index}]`;
    const declared = reader.object(item, at);
    const name = reader.string(declared['name'], `${at}.name`) ?? '';
    if (!NAME.test(name))
      reader.report(
        `${at}.name`,
        `${JSON.stringify(name.slice(0, 63))} is no identifier (letters, digits, _; no digit first)`,
      );
    else if (parameters.has(name)) reader.report(`${at}.name`, `there is another parameter ${name}`);
    else parameters.set(name, readParameter(reader, declared, { at, name }));
  });
  return Object.fromEntries(parameters);
}

interface Place {
  readonly at: string;
  readonly name: string;
}

function readParameter(reader: SpecReader, declared: JsonObject, { at, name }: Place): ParameterValue {
  const sensitive = reader.boolean(declared['sensitive'], `${at}.sensitive`);
  if (declared['valueFrom'] !== undefined) return readSecret(reader, declared, at);
  const field = declared['value'] === undefined ? 'default' : 'value';
  const text = reader.string(declared[field], `${at}.${field}`);
  if (text === null) {
    if (declared[field] === undefined)
      reader.report(`${at}.value`, `parameter ${name} has no value; give it one with -p ${name}=…, or a default`);
    return { kind: 'value', value: '' };
  }
  if (text.length > MAX_VALUE) reader.report(`${at}.${field}`, `is longer than ${MAX_VALUE} characters`);
  if (sensitive) return readSensitive(reader, declared, { at, name, field, text });
  const allowed = reader.list(declared['enum'], `${at}.enum`);
  if (allowed.length > 0 && !allowed.includes(text))
    reader.report(
      `${at}.${field}`,
      `must be one of ${allowed.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(', ')}`,
    );
  const type = reader.word(declared['type'], `${at}.type`, ['string', 'integer', 'number', 'boolean']);
  return { kind: 'value', value: typed(reader, text, { type, at: `${at}.${field}` }) };
}

interface SensitivePlace extends Place {
  readonly field: 'value' | 'default';
  readonly text: string;
}

/** Messages about it never hold it. */
function readSensitive(
  reader: SpecReader,
  declared: JsonObject,
  { at, name, field, text }: SensitivePlace,
): ParameterValue {
  if (declared['enum'] !== undefined || (declared['type'] ?? 'string') !== 'string')
    reader.report(`${at}.sensitive`, `parameter ${name}: a sensitive parameter is a string, and has no enum`);
  if (text.length < MIN_SENSITIVE_LENGTH)
    reader.report(
      `${at}.${field}`,
      `parameter ${name}: a sensitive value has at least ${MIN_SENSITIVE_LENGTH} characters; a shorter one cannot be told from other text`,
    );
  return { kind: 'value', value: text, sensitive: true };
}

function readSecret(reader: SpecReader, declared: JsonObject, at: string): ParameterValue {
  if (declared['value'] !== undefined || declared['default'] !== undefined)
    reader.report(`${at}.valueFrom`, 'excludes value and default');
  const from = reader.object(declared['valueFrom'], `${at}.valueFrom`);
  const path = `${at}.valueFrom.secretKeyRef`;
  const ref = reader.object(from['secretKeyRef'], path);
  const name = reader.string(ref['name'], `${path}.name`) ?? '';
  const key = reader.string(ref['key'], `${path}.key`) ?? '';
  if (name === '') reader.report(`${path}.name`, 'names no Secret');
  if (key === '') reader.report(`${path}.key`, 'names no key of the Secret');
  return { kind: 'secret', name, key };
}

function typed(
  reader: SpecReader,
  text: string,
  { type, at }: { type: 'string' | 'integer' | 'number' | 'boolean'; at: string },
): string | number | boolean {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      reader.report(at, `${JSON.stringify(text.slice(0, 40))} is neither true nor false`);
      return false;
    case 'integer':
      if (/^-?[0-9]+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
      reader.report(at, `${JSON.stringify(text.slice(0, 40))} is no whole number`);
      return 0;
    case 'number':
      if (/^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
      reader.report(at, `${JSON.stringify(text.slice(0, 40))} is no number`);
      return 0;
  }
}
