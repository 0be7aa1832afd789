import { isJsonObject, type JsonObject } from '../../../api/json.js';
import { compareQuantities } from '../../quantity.js';
import { duplicate, forbidden, invalid, notFound, notSupported, required, type FieldError } from '../../field-error.js';
import { labelValueFaults, qualifiedNameFaults } from '../../apiserver/meta-names.js';
import { checkEnv } from './env-checks.js';
import { checkChoice, checkLabelName, checkNotNegative, checkRange, type Check } from './field-checks.js';
import { numberIn, objectIn, objectsIn, textIn } from './json-members.js';

/** Resources that a container may ask for without a domain in the name. */
const containerResources = ['cpu', 'memory', 'ephemeral-storage', 'storage'];
const idRange = { min: 0, max: 2_147_483_647 };
const restartPolicies = ['Always', 'Never', 'OnFailure'];

/** What a container is checked against besides itself. */
export interface ContainerSurroundings {
  readonly path: string;
  readonly init: boolean;
  readonly volumes: ReadonlySet<string>;
  readonly hostNetwork: boolean;
  readonly graceSeconds: number;
}

/** Containers of a pod, init containers last as in the real server's list; names are unique among all of them. */
export function checkContainers(spec: JsonObject): Check {
  const names = new Set<string>();
  const surroundings = {
    volumes: new Set(objectsIn(spec, 'volumes').map((volume) => textIn(volume, 'name'))),
    hostNetwork: spec['hostNetwork'] === true,
    graceSeconds: numberIn(spec, 'terminationGracePeriodSeconds') ?? 30,
  };
  const check = (list: 'containers' | 'initContainers'): FieldError[] =>
    objectsIn(spec, list).flatMap((container, index) => {
      const path = `spec.${list}[${index}]`;
      const name = textIn(container, 'name');
      const twice = name !== '' && names.has(name) ? [duplicate(`${path}.name`, name)] : [];
      names.add(name);
      return [...twice, ...checkContainer(container, { ...surroundings, path, init: list === 'initContainers' })];
    });
  const main = objectsIn(spec, 'containers').length === 0 ? [required('spec.containers')] : [];
  return [...main, ...check('containers'), ...check('initContainers')];
}

function checkContainer(container: JsonObject, around: ContainerSurroundings): Check {
  const { path } = around;
  const name = textIn(container, 'name');
  return [
    ...(name === '' ? [required(`${path}.name`)] : checkLabelName(name, `${path}.name`)),
    ...checkImage(textIn(container, 'image'), path),
    ...checkChoice(container, 'restartPolicy', { path, of: restartPolicies }),
    ...checkLifecycle(container, around),
    ...checkProbes(container, around),
    ...checkChoice(container, 'terminationMessagePolicy', { path, of: ['File', 'FallbackToLogsOnError'] }),
    ...checkPorts(container, around),
    ...checkEnv(container, path),
    ...checkMounts(container, around),
    ...checkChoice(container, 'imagePullPolicy', { path, of: ['Always', 'IfNotPresent', 'Never'] }),
    ...checkResources(objectIn(container, 'resources'), `${path}.resources`),
    ...checkContainerSecurity(objectIn(container, 'securityContext'), `${path}.securityContext`),
  ];
}

function checkImage(image: string, path: string): Check {
  if (image === '') return [required(`${path}.image`)];
  if (image.trim() === image) return [];
  return [invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function checkHandler(handler: JsonObject, path: string): Check {
  const set = handlers.filter((kind) => handler[kind] !== undefined);
  if (set.length === 0) return [required(path, 'must specify a handler type')];
  return set.slice(1).map((kind) => forbidden(`${path}.${kind}`, 'may not specify more than 1 handler type'));
}

function checkLifecycle(container: JsonObject, around: ContainerSurroundings): Check {
  const lifecycle = container['lifecycle'];
  if (!isJsonObject(lifecycle)) return [];
  const path = `${around.path}.lifecycle`;
  if (around.init && container['restartPolicy'] !== 'Always') {
    return [forbidden(path, 'may not be set for init containers without restartPolicy=Always')];
  }
  return ['postStart', 'preStop'].flatMap((hook) => {
    const handler = lifecycle[hook];
    if (!isJsonObject(handler)) return [];
    const seconds = numberIn(objectIn(handler, 'sleep'), 'seconds') ?? 0;
    const outside = seconds < 0 || seconds > around.graceSeconds;
    const why = `must be non-negative and less than terminationGracePeriodSeconds (${around.graceSeconds})`;
    const asleep = outside ? [invalid(`${path}.${hook}.sleep`, seconds, why)] : [];
    return [...asleep, ...checkHandler(handler, `${path}.${hook}`)];
  });
}

function checkProbes(container: JsonObject, around: ContainerSurroundings): Check {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name];
    if (!isJsonObject(probe)) return [];
    const path = `${around.path}.${name}`;
    if (around.init && container['restartPolicy'] !== 'Always') {
      return [forbidden(path, 'may not be set for init containers without restartPolicy=Always')];
    }
    const numbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
    return [...checkHandler(probe, path), ...numbers.flatMap((key) => checkNotNegative(probe, key, path))];
  });
}

function checkPorts(container: JsonObject, around: ContainerSurroundings): Check {
  return objectsIn(container, 'ports').flatMap((port, index) => {
    const path = `${around.path}.ports[${index}]`;
    const number = numberIn(port, 'containerPort') ?? 0;
    const host = numberIn(port, 'hostPort') ?? 0;
    const why = 'must match `containerPort` when `hostNetwork` is true';
    return [
      ...checkPortName(textIn(port, 'name'), `${path}.name`),
      ...(number === 0
        ? [required(`${path}.containerPort`)]
        : checkRange(number, `${path}.containerPort`, { min: 1, max: 65_535 })),
      ...(host === 0 ? [] : checkRange(host, `${path}.hostPort`, { min: 1, max: 65_535 })),
      ...(around.hostNetwork && host !== number ? [invalid(`${path}.hostPort`, host, why)] : []),
      ...checkChoice(port, 'protocol', { path, of: ['SCTP', 'TCP', 'UDP'] }),
    ];
  });
}

function checkPortName(name: string, path: string): Check {
  if (name === '') return [];
  const faults: string[] = [];
  if (name.length > 15) faults.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) {
    faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) faults.push('must not begin or end with a hyphen');
  return faults.map((fault) => invalid(path, name, fault));
}

function checkMounts(container: JsonObject, around: ContainerSurroundings): Check {
  const seen = new Set<string>();
  return objectsIn(container, 'volumeMounts').flatMap((mount, index) => {
    const path = `${around.path}.volumeMounts[${index}]`;
    const name = textIn(mount, 'name');
    const mountPath = textIn(mount, 'mountPath');
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${path}.name`));
    else if (!around.volumes.has(name)) errors.push(notFound(`${path}.name`, name));
    if (mountPath === '') errors.push(required(`${path}.mountPath`));
    else if (seen.has(mountPath)) errors.push(invalid(`${path}.mountPath`, mountPath, 'must be unique'));
    seen.add(mountPath);
    return errors;
  });
}

function checkResources(resources: JsonObject, path: string): Check {
  const limits = objectIn(resources, 'limits');
  const requests = objectIn(resources, 'requests');
  const above = Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    if (typeof request !== 'string' || typeof limit !== 'string') return [];
    if ((compareQuantities(request, limit) ?? 0) <= 0) return [];
    return [invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)];
  });
  return [...checkAmounts(limits, `${path}.limits`), ...above, ...checkAmounts(requests, `${path}.requests`)];
}

function checkAmounts(amounts: JsonObject, path: string): Check {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const errors: FieldError[] = [];
    const at = `${path}[${name}]`;
    errors.push(...qualifiedNameFaults(name).map((fault) => invalid(at, name, fault)));
    if (!name.includes('/') && !containerResources.includes(name) && !name.startsWith('hugepages-')) {
      errors.push(
        invalid(at, name, 'must be a standard resource type or fully qualified'),
        invalid(at, name, 'must be a standard resource for containers'),
      );
    }
    if (typeof amount === 'string' && (compareQuantities(amount, '0') ?? 0) < 0) {
      errors.push(invalid(at, amount, 'must be greater than or equal to 0'));
    }
    return errors;
  });
}

function checkContainerSecurity(security: JsonObject, path: string): Check {
  const ids = ['runAsUser', 'runAsGroup'].flatMap((key) => {
    const id = numberIn(security, key);
    return id === undefined ? [] : checkRange(id, `${path}.${key}`, idRange);
  });
  if (security['privileged'] !== true || security['allowPrivilegeEscalation'] !== false) return ids;
  const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
  return [...ids, { reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field: path }];
}

/** Ids of the pod's own securityContext. */
export function checkPodSecurity(security: JsonObject): Check {
  return ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((key) => {
    const id = numberIn(security, key);
    return id === undefined ? [] : checkRange(id, `spec.securityContext.${key}`, idRange);
  });
}

/** A nodeSelector's values are labels. */
export function checkNodeSelector(selector: JsonObject): Check {
  return Object.entries(selector).flatMap(([key, value]) => [
    ...qualifiedNameFaults(key).map((fault) => invalid('spec.nodeSelector', key, fault)),
    ...(typeof value === 'string'
      ? labelValueFaults(value).map((fault) => invalid('spec.nodeSelector', value, fault))
      : []),
  ]);
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function checkTolerations(tolerations: readonly JsonObject[]): Check {
  return tolerations.flatMap((toleration, index) => {
    const path = `spec.tolerations[${index}]`;
    const operator = textIn(toleration, 'operator');
    const effect = textIn(toleration, 'effect');
    const errors: FieldError[] = [];
    if (textIn(toleration, 'key') === '' && operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${path}.operator`, operator, why));
    }
    if (toleration['tolerationSeconds'] !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${path}.effect`, effect, why));
    }
    const value = textIn(toleration, 'value');
    if (operator === 'Exists' && value !== '') {
      errors.push(invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else if (operator !== '' && operator !== 'Exists' && operator !== 'Equal') {
      errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
    }
    if (effect !== '' && !effects.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, effects));
    return errors;
  });
}
