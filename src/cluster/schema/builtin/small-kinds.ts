import type { Json, JsonObject } from '../../../api/json.js';
import { compareQuantities, parseQuantity } from '../../quantity.js';
import { invalid, notSupported, required, type FieldError } from '../../field-error.js';
import { jsonEqual } from '../json-equal.js';
import type { Check } from './field-checks.js';
import { mapObjects, mapObject, numberIn, objectIn, objectsIn, textIn, withDefaults } from './json-members.js';

const keyFault =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
/** Bytes of all values together (core MaxSecretSize). */
const maxDataBytes = 1024 * 1024;

function checkKeys(data: JsonObject, path: string): Check {
  return Object.keys(data).flatMap((key) =>
    /^[-._a-zA-Z0-9]+$/.test(key) && key.length <= 253 ? [] : [invalid(`${path}[${key}]`, key, keyFault)],
  );
}

function bytesOf(data: JsonObject, encoding: 'utf8' | 'base64'): number {
  return Object.values(data).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value, encoding) : 0),
    0,
  );
}

function tooBig(path: string): FieldError {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${maxDataBytes} bytes`, field: path };
}

function checkFrozen(object: JsonObject, old: JsonObject | undefined, keys: readonly string[]): Check {
  if (old?.['immutable'] !== true) return [];
  const changed = (object['immutable'] === true ? keys : ['immutable', ...keys]).filter(
    (key) => !jsonEqual(object[key], old[key]),
  );
  return changed.map((key) => ({
    reason: 'FieldValueForbidden',
    message: 'Forbidden: field is immutable when `immutable` is set',
    field: key,
  }));
}

export function checkConfigMap(map: JsonObject, old?: JsonObject): Check {
  const data = objectIn(map, 'data');
  const binary = objectIn(map, 'binaryData');
  const twice = Object.keys(data).flatMap((key) =>
    binary[key] === undefined ? [] : [invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')],
  );
  const size = bytesOf(data, 'utf8') + bytesOf(binary, 'base64');
  return [
    ...checkFrozen(map, old, ['data', 'binaryData']),
    ...checkKeys(data, 'data'),
    ...twice,
    ...checkKeys(binary, 'binaryData'),
    ...(size > maxDataBytes ? [tooBig('')] : []),
  ];
}

/** stringData is written to data, and is never read back. */
export function defaultSecret(secret: JsonObject): JsonObject {
  const typed = withDefaults(secret, { type: 'Opaque' });
  const text = typed['stringData'];
  if (text === undefined) return typed;
  const { stringData: _stringData, ...rest } = typed;
  const data: Record<string, Json | undefined> = { ...objectIn(typed, 'data') };
  for (const [key, value] of Object.entries(objectIn(typed, 'stringData'))) {
    data[key] = Buffer.from(typeof value === 'string' ? value : '').toString('base64');
  }
  return { ...rest, data };
}

/** What secrets of a type must hold. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export function checkSecret(secret: JsonObject, old?: JsonObject): Check {
  const data = objectIn(secret, 'data');
  const missing = (secretKeys[textIn(secret, 'type')] ?? []).filter((key) => data[key] === undefined);
  const retyped = old !== undefined && secret['type'] !== old['type'];
  return [
    ...(retyped ? [invalid('type', secret['type'], 'field is immutable')] : []),
    ...checkFrozen(secret, old, ['data']),
    ...checkKeys(data, 'data'),
    ...missing.map((key) => required(`data[${key}]`)),
    ...(bytesOf(data, 'base64') > maxDataBytes ? [tooBig('data')] : []),
  ];
}

export function checkNode(node: JsonObject): Check {
  const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
  return objectsIn(objectIn(node, 'spec'), 'taints').flatMap((taint, index) => {
    const path = `metadata.taints[${index}]`;
    const effect = textIn(taint, 'effect');
    const keyless = textIn(taint, 'key') === '' ? [required(`${path}.key`)] : [];
    return effects.includes(effect) ? keyless : [...keyless, notSupported(`${path}.effect`, effect, effects)];
  });
}

/** What is there can be given out, where a node does not say otherwise. */
export function defaultNode(node: JsonObject): JsonObject {
  return mapObject(node, 'status', (status) => {
    const capacity = status['capacity'];
    return capacity === undefined ? status : withDefaults(status, { allocatable: { ...objectIn(status, 'capacity') } });
  });
}

export function checkLease(lease: JsonObject, old?: JsonObject): Check {
  const spec = objectIn(lease, 'spec');
  const errors: FieldError[] = [];
  const duration = numberIn(spec, 'leaseDurationSeconds');
  if (duration !== undefined && duration <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  }
  const transitions = numberIn(spec, 'leaseTransitions') ?? 0;
  if (transitions < 0) {
    errors.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  const before = numberIn(objectIn(old ?? {}, 'spec'), 'leaseTransitions');
  if (before !== undefined && transitions < before) {
    errors.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to the previous value'));
  }
  return errors.slice(0, 2);
}

/** Fields of an Event that are written although nobody set them. */
export function defaultEvent(event: JsonObject): JsonObject {
  return withDefaults(event, {
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  });
}

export function checkEvent(event: JsonObject): Check {
  const namespace = textIn(objectIn(event, 'metadata'), 'namespace');
  const about = textIn(objectIn(event, 'involvedObject'), 'namespace');
  const clusterScoped = about === '' && namespace === 'default';
  if (about === namespace || clusterScoped) return [];
  return [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

/** A container's default request is its default limit, and that its maximum, where nothing else is said. */
export function defaultLimitRange(range: JsonObject): JsonObject {
  return mapObject(range, 'spec', (spec) =>
    mapObjects(spec, 'limits', (limit) => {
      if (limit['type'] !== 'Container') return limit;
      const limits = { ...objectIn(limit, 'max'), ...objectIn(limit, 'default') };
      const requests = { ...limits, ...objectIn(limit, 'min'), ...objectIn(limit, 'defaultRequest') };
      const some = (values: JsonObject, key: string): JsonObject =>
        Object.keys(values).length === 0 ? {} : { [key]: values };
      return { ...limit, ...some(limits, 'default'), ...some(requests, 'defaultRequest') };
    }),
  );
}

const quotaResources =
  /^(?:pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|cpu|memory|ephemeral-storage|services\.\w+|(?:requests|limits)\..+|count\/.+)$/;
const counted =
  /^(?:pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|services\.\w+|count\/.+)$/;

export function checkResourceQuota(quota: JsonObject): Check {
  return Object.entries(objectIn(objectIn(quota, 'spec'), 'hard')).flatMap(([name, amount]) => {
    const path = `spec.hard[${name}]`;
    const text = typeof amount === 'string' ? amount : '0';
    const errors: FieldError[] = [];
    if (!quotaResources.test(name) && !name.includes('/')) {
      errors.push(
        invalid(path, name, 'must be a standard resource type or fully qualified'),
        invalid(path, name, 'must be a standard resource for quota'),
      );
    }
    if ((compareQuantities(text, '0') ?? 0) < 0) errors.push(invalid(path, text, 'must be greater than or equal to 0'));
    if (counted.test(name) && !Number.isInteger(parseQuantity(text))) {
      errors.push(invalid(path, text, 'must be an integer'));
    }
    return errors;
  });
}
