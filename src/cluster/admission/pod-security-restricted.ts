import type { JsonObject } from '../../api/json.js';
import { objectIn, objectsIn, textIn, textsIn } from '../schema/builtin/json-members.js';
import { sharedChecks } from './pod-security-baseline.js';
import { containersNamed, quoted, securedContainers, type SecurityCheck } from './pod-security-containers.js';

const allowedVolumes: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const escalation: SecurityCheck = (spec) => {
  const bad = securedContainers(spec).filter(({ security }) => security['allowPrivilegeEscalation'] !== false);
  if (bad.length === 0) return undefined;
  const who = containersNamed(bad);
  return `allowPrivilegeEscalation != false (${who} must set securityContext.allowPrivilegeEscalation=false)`;
};

const capabilities: SecurityCheck = (spec) => {
  const all = securedContainers(spec).map(({ name, security }) => {
    const set = objectIn(security, 'capabilities');
    return {
      name,
      dropsAll: textsIn(set, 'drop').includes('ALL'),
      added: textsIn(set, 'add').filter((one) => one !== 'NET_BIND_SERVICE'),
    };
  });
  const keeping = all.filter(({ dropsAll }) => !dropsAll);
  const adding = all.filter(({ added }) => added.length > 0);
  const parts: string[] = [];
  if (keeping.length > 0) parts.push(`${containersNamed(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const added = quoted(adding.flatMap((one) => one.added));
    parts.push(`${containersNamed(adding)} must not include ${added} in securityContext.capabilities.add`);
  }
  return parts.length === 0 ? undefined : `unrestricted capabilities (${parts.join('; ')})`;
};

const volumes: SecurityCheck = (spec) => {
  const bad = objectsIn(spec, 'volumes').flatMap((volume) => {
    const type = Object.keys(volume).find((key) => key !== 'name' && volume[key] !== undefined);
    return type === undefined || allowedVolumes.has(type) ? [] : [{ name: textIn(volume, 'name'), type }];
  });
  if (bad.length === 0) return undefined;
  const types = bad.map(({ type }) => type);
  const verb = bad.length > 1 ? 'use' : 'uses';
  const plural = new Set(types).size > 1 ? 's' : '';
  return `restricted volume types (${containersNamed(bad, 'volume')} ${verb} restricted volume type${plural} ${quoted(types)})`;
};

/** `runAsNonRoot` of the pod counts for containers that say nothing. */
const nonRoot: SecurityCheck = (spec) => {
  const pod = objectIn(spec, 'securityContext')['runAsNonRoot'];
  const containers = securedContainers(spec);
  const explicit = containers.filter(({ security }) => security['runAsNonRoot'] === false);
  const silent = containers.filter(({ security }) => security['runAsNonRoot'] === undefined);
  const setters = [
    ...(pod === false && silent.length > 0 ? ['pod'] : []),
    ...(explicit.length > 0 ? [containersNamed(explicit)] : []),
  ];
  if (setters.length > 0) {
    return `runAsNonRoot != true (${setters.join(' and ')} must not set securityContext.runAsNonRoot=false)`;
  }
  if (pod === true || silent.length === 0) return undefined;
  return `runAsNonRoot != true (pod or ${containersNamed(silent)} must set securityContext.runAsNonRoot=true)`;
};

const runAsUser: SecurityCheck = (spec) => {
  const bad = securedContainers(spec).filter(({ security }) => security['runAsUser'] === 0);
  const setters = [
    ...(objectIn(spec, 'securityContext')['runAsUser'] === 0 ? ['pod'] : []),
    ...(bad.length > 0 ? [containersNamed(bad)] : []),
  ];
  return setters.length === 0 ? undefined : `runAsUser=0 (${setters.join(' and ')} must not set runAsUser=0)`;
};

const seccomp: SecurityCheck = (spec) => {
  const typeOf = (security: JsonObject): string => textIn(objectIn(security, 'seccompProfile'), 'type');
  const isGood = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost';
  const pod = typeOf(objectIn(spec, 'securityContext'));
  const containers = securedContainers(spec);
  const explicit = containers.filter(({ security }) => typeOf(security) !== '' && !isGood(typeOf(security)));
  const setters = [
    ...(pod !== '' && !isGood(pod) ? ['pod'] : []),
    ...(explicit.length > 0 ? [containersNamed(explicit)] : []),
  ];
  if (setters.length > 0) {
    const types = [pod, ...explicit.map(({ security }) => typeOf(security))].filter(
      (type) => type !== '' && !isGood(type),
    );
    return `seccompProfile (${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(types)})`;
  }
  const silent = containers.filter(({ security }) => typeOf(security) === '');
  if (isGood(pod) || silent.length === 0) return undefined;
  const who = containersNamed(silent);
  return `seccompProfile (pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
};

/** In the order of the message of k8s.io/pod-security-admission. */
export const restrictedChecks: readonly SecurityCheck[] = [
  sharedChecks.appArmor,
  sharedChecks.hostNamespaces,
  sharedChecks.hostPorts,
  sharedChecks.privileged,
  sharedChecks.procMount,
  sharedChecks.seLinuxOptions,
  sharedChecks.sysctls,
  sharedChecks.hostProcess,
  escalation,
  capabilities,
  volumes,
  nonRoot,
  runAsUser,
  seccomp,
];
