import type { JsonObject } from '../../api/json.js';
import { numberIn, objectIn, objectsIn, textIn, textsIn } from '../schema/builtin/json-members.js';
import { containersNamed, quoted, securedContainers, type SecurityCheck } from './pod-security-containers.js';

/** Capabilities that a container may add under the baseline standard. */
const baselineCapabilities: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);
const safeSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const appArmor: SecurityCheck = (spec) => {
  const forbids = (security: JsonObject): boolean =>
    textIn(objectIn(security, 'appArmorProfile'), 'type') === 'Unconfined';
  const setters: string[] = [];
  if (forbids(objectIn(spec, 'securityContext'))) setters.push('pod');
  const bad = securedContainers(spec).filter(({ security }) => forbids(security));
  if (bad.length > 0) setters.push(containersNamed(bad));
  if (setters.length === 0) return undefined;
  return `forbidden AppArmor profile (${setters.join(' and ')} must not set AppArmor profile type to "Unconfined")`;
};

const capabilities: SecurityCheck = (spec) => {
  const excess = securedContainers(spec).map(({ name, security }) => ({
    name,
    added: textsIn(objectIn(security, 'capabilities'), 'add').filter((one) => !baselineCapabilities.has(one)),
  }));
  const bad = excess.filter(({ added }) => added.length > 0);
  if (bad.length === 0) return undefined;
  const added = quoted(bad.flatMap((one) => one.added));
  return `non-default capabilities (${containersNamed(bad)} must not include ${added} in securityContext.capabilities.add)`;
};

const hostNamespaces: SecurityCheck = (spec) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter((key) => spec[key] === true);
  return used.length === 0 ? undefined : `host namespaces (${used.map((key) => `${key}=true`).join(', ')})`;
};

const hostPathVolumes: SecurityCheck = (spec) => {
  const volumes = objectsIn(spec, 'volumes').filter((volume) => volume['hostPath'] !== undefined);
  if (volumes.length === 0) return undefined;
  const names = volumes.map((volume) => ({ name: textIn(volume, 'name') }));
  return `hostPath volumes (${containersNamed(names, 'volume')})`;
};

const hostPorts: SecurityCheck = (spec) => {
  const using = securedContainers(spec).map(({ name, container }) => ({
    name,
    ports: objectsIn(container, 'ports')
      .flatMap((port) => numberIn(port, 'hostPort') ?? [])
      .filter((port) => port !== 0),
  }));
  const bad = using.filter(({ ports }) => ports.length > 0);
  if (bad.length === 0) return undefined;
  const ports = [...new Set(bad.flatMap((one) => one.ports))].sort((a, b) => a - b);
  const verb = bad.length > 1 ? 'use' : 'uses';
  return `hostPort (${containersNamed(bad)} ${verb} hostPort${ports.length > 1 ? 's' : ''} ${ports.join(', ')})`;
};

export const privileged: SecurityCheck = (spec) => {
  const bad = securedContainers(spec).filter(({ security }) => security['privileged'] === true);
  if (bad.length === 0) return undefined;
  return `privileged (${containersNamed(bad)} must not set securityContext.privileged=true)`;
};

const seLinuxOptions: SecurityCheck = (spec) => {
  const options = (security: JsonObject): JsonObject => objectIn(security, 'seLinuxOptions');
  const isBad = (security: JsonObject): boolean =>
    !seLinuxTypes.includes(textIn(options(security), 'type')) ||
    textIn(options(security), 'user') !== '' ||
    textIn(options(security), 'role') !== '';
  const pod = objectIn(spec, 'securityContext');
  const bad = securedContainers(spec).filter(({ security }) => isBad(security));
  const all = [...(isBad(pod) ? [pod] : []), ...bad.map(({ security }) => security)];
  if (all.length === 0) return undefined;
  const setters = [...(isBad(pod) ? ['pod'] : []), ...(bad.length > 0 ? [containersNamed(bad)] : [])];
  const types = all.map((security) => textIn(options(security), 'type')).filter((type) => !seLinuxTypes.includes(type));
  const details = [
    ...(types.length > 0 ? [`type${new Set(types).size > 1 ? 's' : ''} ${quoted(types)}`] : []),
    ...(all.some((security) => textIn(options(security), 'user') !== '') ? ['user may not be set'] : []),
    ...(all.some((security) => textIn(options(security), 'role') !== '') ? ['role may not be set'] : []),
  ];
  return `seLinuxOptions (${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${details.join('; ')})`;
};

const seccomp: SecurityCheck = (spec) => {
  const isBad = (security: JsonObject): boolean =>
    textIn(objectIn(security, 'seccompProfile'), 'type') === 'Unconfined';
  const bad = securedContainers(spec).filter(({ security }) => isBad(security));
  const setters = [
    ...(isBad(objectIn(spec, 'securityContext')) ? ['pod'] : []),
    ...(bad.length > 0 ? [containersNamed(bad)] : []),
  ];
  if (setters.length === 0) return undefined;
  return `seccompProfile (${setters.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined")`;
};

const sysctls: SecurityCheck = (spec) => {
  const names = objectsIn(objectIn(spec, 'securityContext'), 'sysctls').map((sysctl) => textIn(sysctl, 'name'));
  const unsafe = names.filter((name) => !safeSysctls.has(name));
  return unsafe.length === 0 ? undefined : `forbidden sysctls (${[...unsafe].sort().join(', ')})`;
};

const procMount: SecurityCheck = (spec) => {
  if (spec['hostUsers'] === false) return undefined;
  const isBad = (security: JsonObject): boolean => !['', 'Default'].includes(textIn(security, 'procMount'));
  const bad = securedContainers(spec).filter(({ security }) => isBad(security));
  if (bad.length === 0) return undefined;
  const types = quoted(bad.map(({ security }) => textIn(security, 'procMount')));
  return `procMount (${containersNamed(bad)} must not set securityContext.procMount to ${types})`;
};

const hostProcess: SecurityCheck = (spec) => {
  const isBad = (security: JsonObject): boolean => objectIn(security, 'windowsOptions')['hostProcess'] === true;
  const bad = securedContainers(spec).filter(({ security }) => isBad(security));
  const setters = [
    ...(isBad(objectIn(spec, 'securityContext')) ? ['pod'] : []),
    ...(bad.length > 0 ? [containersNamed(bad)] : []),
  ];
  if (setters.length === 0) return undefined;
  return `hostProcess (${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true)`;
};

/** Checks that the restricted standard has too; it replaces the others by stricter ones. */
export const sharedChecks = {
  appArmor,
  hostNamespaces,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  sysctls,
  hostProcess,
};

/** In the order of their names in the library, which is the order of the message. */
export const baselineChecks: readonly SecurityCheck[] = [
  appArmor,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccomp,
  sysctls,
  hostProcess,
];
