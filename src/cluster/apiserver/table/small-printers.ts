import { isJsonArray, isJsonObject, type JsonObject } from '../../../api/json.js';
import type { ApiObject } from '../../api-object.js';
import { valueAt } from '../kinds.js';
import {
  AGE,
  ageOf,
  column,
  CREATED_AT,
  NAME,
  NONE,
  numberAt,
  objectAt,
  objectsAt,
  plainText,
  type Printer,
  textAt,
} from './printer.js';

const UNKNOWN = '<unknown>';

/** Name and the time of the creation: kinds that the real server has no printer of its own for. */
export const PLAIN_PRINTER: Printer = {
  columns: [NAME, CREATED_AT],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};

export const NAMESPACE_PRINTER: Printer = {
  columns: [NAME, column('Status', 'Active, or Terminating.'), AGE],
  cells: (namespace, now) => [namespace.metadata.name, textAt(namespace, 'status.phase'), ageOf(namespace, now)],
};

export const SERVICE_ACCOUNT_PRINTER: Printer = {
  columns: [NAME, AGE],
  cells: (account, now) => [account.metadata.name, ageOf(account, now)],
};

export const CONFIG_MAP_PRINTER: Printer = {
  columns: [NAME, column('Data', 'How many keys there are.'), AGE],
  cells: (map, now) => [map.metadata.name, sizeOf(map, 'data') + sizeOf(map, 'binaryData'), ageOf(map, now)],
};

export const SECRET_PRINTER: Printer = {
  columns: [NAME, column('Type', 'What kind of secret it is.'), column('Data', 'How many keys there are.'), AGE],
  cells: (secret, now) => [secret.metadata.name, textAt(secret, 'type'), sizeOf(secret, 'data'), ageOf(secret, now)],
};

export const LEASE_PRINTER: Printer = {
  columns: [NAME, column('Holder', 'Who holds it.'), AGE],
  cells: (lease, now) => [lease.metadata.name, textAt(lease, 'spec.holderIdentity'), ageOf(lease, now)],
};

export const NODE_PRINTER: Printer = {
  columns: [
    NAME,
    column('Status', 'Whether it is ready, and takes pods.'),
    column('Roles', 'Its roles.'),
    AGE,
    column('Version', 'The version of its kubelet.'),
    column('Internal-IP', 'Its address in the cluster.', { wide: true }),
    column('External-IP', 'Its address outside of the cluster.', { wide: true }),
    column('OS-Image', 'Its operating system.', { wide: true }),
    column('Kernel-Version', 'Its kernel.', { wide: true }),
    column('Container-Runtime', 'What runs its containers.', { wide: true }),
  ],
  cells: (node, now) => [
    node.metadata.name,
    nodeWord(node),
    rolesOf(node) || NONE,
    ageOf(node, now),
    textAt(node, 'status.nodeInfo.kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    textAt(node, 'status.nodeInfo.osImage', UNKNOWN),
    textAt(node, 'status.nodeInfo.kernelVersion', UNKNOWN),
    textAt(node, 'status.nodeInfo.containerRuntimeVersion', UNKNOWN),
  ],
};

function nodeWord(node: ApiObject): string {
  const ready = objectsAt(node, 'status.conditions').find((each) => each['type'] === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return valueAt(node, ['spec', 'unschedulable']) === true ? `${word},SchedulingDisabled` : word;
}

function rolesOf(node: ApiObject): string {
  const prefix = 'node-role.kubernetes.io/';
  return Object.entries(node.metadata.labels ?? {})
    .flatMap(([key, value]) => {
      if (key.startsWith(prefix) && key.length > prefix.length) return [key.slice(prefix.length)];
      return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
    })
    .sort()
    .join(',');
}

function addressOf(node: ApiObject, type: string): string {
  const address = objectsAt(node, 'status.addresses').find((each) => each['type'] === type);
  return address === undefined ? NONE : textAt(address, 'address', NONE);
}

export const QUOTA_PRINTER: Printer = {
  columns: [
    NAME,
    column('Request', 'Used and allowed of each.'),
    column('Limit', 'Used and allowed of each limit.'),
    AGE,
  ],
  cells(quota, now) {
    const hard = Object.entries(objectAt(quota, 'status.hard') ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const used = objectAt(quota, 'status.used') ?? {};
    const shown = (limits: boolean): string =>
      hard
        .filter(([name]) => name.startsWith('limits.') === limits)
        .map(([name, allowed]) => `${name}: ${plainText(used[name] ?? '0')}/${plainText(allowed)}`)
        .join(', ');
    return [quota.metadata.name, shown(false), shown(true), ageOf(quota, now)];
  },
};

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

export const CLAIM_PRINTER: Printer = {
  columns: [
    NAME,
    column('Status', 'Whether it has a volume.'),
    column('Volume', 'The volume.'),
    column('Capacity', 'How much there is.'),
    column('Access Modes', 'Who may use it how.'),
    column('StorageClass', 'Where it comes from.'),
    column('VolumeAttributesClass', 'How it behaves.'),
    AGE,
    column('VolumeMode', 'A file system, or a block device.', { wide: true }),
  ],
  cells(claim, now) {
    const bound = textAt(claim, 'spec.volumeName') !== '';
    const modes = valueAt(claim, ['status', 'accessModes']);
    const word = claim.metadata.deletionTimestamp === undefined ? textAt(claim, 'status.phase') : 'Terminating';
    return [
      claim.metadata.name,
      word,
      textAt(claim, 'spec.volumeName'),
      bound ? textAt(claim, 'status.capacity.storage') : '',
      bound && isJsonArray(modes)
        ? modes.map((mode) => ACCESS_MODES[plainText(mode)] ?? plainText(mode)).join(',')
        : '',
      textAt(claim, 'spec.storageClassName'),
      textAt(claim, 'spec.volumeAttributesClassName', '<unset>'),
      ageOf(claim, now),
      textAt(claim, 'spec.volumeMode', '<unset>'),
    ];
  },
};

export const REVISION_PRINTER: Printer = {
  columns: [NAME, column('Controller', 'Whose state it is.'), column('Revision', 'The number of the state.'), AGE],
  cells(revision, now) {
    const owner = (revision.metadata.ownerReferences ?? []).find((each) => each.controller === true);
    const [version = '', group = ''] = (owner?.apiVersion ?? '').split('/').reverse();
    const kind = (owner?.kind ?? '').toLowerCase();
    const controller = group === '' || version === '' ? kind : `${kind}.${group}`;
    return [
      revision.metadata.name,
      owner === undefined ? NONE : `${controller}/${owner.name}`,
      numberAt(revision, 'revision'),
      ageOf(revision, now),
    ];
  },
};

export const BINDING_PRINTER: Printer = {
  columns: [
    NAME,
    column('Role', 'What is allowed.'),
    AGE,
    column('Users', 'To which users.', { wide: true }),
    column('Groups', 'To which groups.', { wide: true }),
    column('ServiceAccounts', 'To which service accounts.', { wide: true }),
  ],
  cells(binding, now) {
    const role = isJsonObject(binding['roleRef']) ? binding['roleRef'] : {};
    const subjects = objectsAt(binding, 'subjects');
    const of = (kind: string, shown: (subject: JsonObject) => string): string =>
      subjects
        .filter((subject) => subject['kind'] === kind)
        .map(shown)
        .join(', ');
    return [
      binding.metadata.name,
      `${textAt(role, 'kind')}/${textAt(role, 'name')}`,
      ageOf(binding, now),
      of('User', (subject) => textAt(subject, 'name')),
      of('Group', (subject) => textAt(subject, 'name')),
      of('ServiceAccount', (subject) => `${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`),
    ];
  },
};

function sizeOf(object: ApiObject, member: string): number {
  return Object.keys(objectAt(object, member) ?? {}).length;
}
