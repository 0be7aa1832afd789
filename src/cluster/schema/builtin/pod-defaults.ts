import type { JsonObject } from '../../../api/json.js';
import { mapObject, mapObjects, objectIn, textIn, withDefaults, withMember } from './json-members.js';

/** What an absent field of a pod means (kubernetes/pkg/apis/core/v1/defaults.go), in a template too. */
export function defaultPodSpec(spec: JsonObject): JsonObject {
  let result = withDefaults(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  result = bothAccountNames(result);
  const hostNetwork = result['hostNetwork'] === true;
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    result = mapObjects(result, list, (container) => defaultContainer(container, hostNetwork));
  }
  return mapObjects(result, 'volumes', defaultVolume);
}

/** A pod's own defaults: a limit is a request where none is made. */
export function defaultPod(pod: JsonObject): JsonObject {
  return mapObject(pod, 'spec', (spec) => {
    let result = withDefaults(defaultPodSpec(spec), { enableServiceLinks: true });
    for (const list of ['initContainers', 'containers']) result = mapObjects(result, list, limitsAsRequests);
    return result;
  });
}

/** `serviceAccount` is the old name of the field; both are always set. */
function bothAccountNames(spec: JsonObject): JsonObject {
  const name = textIn(spec, 'serviceAccountName') || textIn(spec, 'serviceAccount');
  return name === '' ? spec : withMember(withMember(spec, 'serviceAccountName', name), 'serviceAccount', name);
}

export function limitsAsRequests(container: JsonObject): JsonObject {
  return mapObject(container, 'resources', (resources) => {
    const limits = objectIn(resources, 'limits');
    const requests = objectIn(resources, 'requests');
    if (Object.keys(limits).every((name) => requests[name] !== undefined)) return resources;
    return { ...resources, requests: { ...limits, ...requests } };
  });
}

function defaultContainer(container: JsonObject, hostNetwork: boolean): JsonObject {
  let result = withDefaults(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(textIn(container, 'image')),
  });
  result = mapObjects(result, 'ports', (port) => defaultPort(port, hostNetwork));
  result = mapObjects(result, 'env', (variable) => mapObject(variable, 'valueFrom', defaultFieldRef));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    result = mapObject(result, probe, defaultProbe);
  }
  return mapObject(result, 'lifecycle', (lifecycle) =>
    ['postStart', 'preStop'].reduce((changed, hook) => mapObject(changed, hook, defaultHttpGet), lifecycle),
  );
}

/** Always where the image has the tag latest or neither tag nor digest. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultPort(port: JsonObject, hostNetwork: boolean): JsonObject {
  const containerPort = port['containerPort'];
  const named = withDefaults(port, { protocol: 'TCP' });
  return hostNetwork && containerPort !== undefined ? withDefaults(named, { hostPort: containerPort }) : named;
}

function defaultFieldRef(source: JsonObject): JsonObject {
  return mapObject(source, 'fieldRef', (reference) => withDefaults(reference, { apiVersion: 'v1' }));
}

function defaultProbe(probe: JsonObject): JsonObject {
  return defaultHttpGet(
    withDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  );
}

function defaultHttpGet(handler: JsonObject): JsonObject {
  return mapObject(handler, 'httpGet', (get) => withDefaults(get, { path: '/', scheme: 'HTTP' }));
}

/** rw-r--r--, in decimal as JSON has it. */
const defaultMode = 0o644;

function defaultVolume(volume: JsonObject): JsonObject {
  const hasSource = Object.keys(volume).some((key) => key !== 'name' && volume[key] !== undefined);
  let result = hasSource ? volume : { ...volume, emptyDir: {} };
  for (const kind of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    result = mapObject(result, kind, (source) => withDefaults(source, { defaultMode }));
  }
  result = mapObject(result, 'hostPath', (source) => withDefaults(source, { type: '' }));
  result = mapObject(result, 'downwardAPI', (source) => mapObjects(source, 'items', defaultFieldRef));
  return mapObject(result, 'projected', (projected) =>
    mapObjects(projected, 'sources', (source) => {
      const token = mapObject(source, 'serviceAccountToken', (one) => withDefaults(one, { expirationSeconds: 3600 }));
      return mapObject(token, 'downwardAPI', (api) => mapObjects(api, 'items', defaultFieldRef));
    }),
  );
}
