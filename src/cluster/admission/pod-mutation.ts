import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { AdmissionContext } from '../apiserver/admission.js';
import { numberIn, objectIn, objectsIn, textIn, withDefaults, withMember } from '../schema/builtin/json-members.js';
import { applyLimitRanges } from './limit-ranges.js';
import { qosClass } from './qos-class.js';
import { refusal } from './refusal.js';

/** How long a pod stays on a node that is not ready or cannot be reached (DefaultTolerationSeconds). */
const tolerationSeconds = 300;
const defaultTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * What admission adds to a new pod: limits of the namespace, its service account, priority and tolerations, and its
 * quality-of-service class. No volume with the account's token: an embedded cluster gives processes no credentials.
 */
export function mutatePod(pod: ApiObject, context: AdmissionContext): ApiObject {
  const limited = applyLimitRanges(pod, context);
  let spec: JsonObject = objectIn(limited, 'spec');
  spec = withAccount(spec, pod, context);
  spec = withPriority(spec, pod, context);
  spec = withTolerations(spec);
  const status = { ...objectIn(limited, 'status'), phase: 'Pending', qosClass: qosClass(spec) };
  return { ...limited, spec, status };
}

function withAccount(spec: JsonObject, pod: ApiObject, context: AdmissionContext): JsonObject {
  const name = textIn(spec, 'serviceAccountName') || 'default';
  const namespace = pod.metadata.namespace ?? '';
  const account = context.store.get('', 'serviceaccounts', { namespace, name });
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw refusal(pod, context.attributes, why);
  }
  const named = withDefaults(spec, { serviceAccountName: name, serviceAccount: name });
  const secrets = objectsIn(account, 'imagePullSecrets');
  return secrets.length === 0 || spec['imagePullSecrets'] !== undefined
    ? named
    : withMember(named, 'imagePullSecrets', secrets);
}

function withPriority(spec: JsonObject, pod: ApiObject, context: AdmissionContext): JsonObject {
  const className = textIn(spec, 'priorityClassName');
  const system: Readonly<Record<string, number>> = {
    '': 0,
    'system-cluster-critical': 2_000_000_000,
    'system-node-critical': 2_000_001_000,
  };
  const priority = system[className];
  if (priority === undefined) {
    throw refusal(pod, context.attributes, `no PriorityClass with name ${className} was found`);
  }
  const given = numberIn(spec, 'priority');
  if (given !== undefined && given !== priority) {
    const why =
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller ` +
      `computed ${priority} from the given PriorityClass name`;
    throw refusal(pod, context.attributes, why);
  }
  return withDefaults(spec, { priority, preemptionPolicy: 'PreemptLowerPriority' });
}

function withTolerations(spec: JsonObject): JsonObject {
  const present = objectsIn(spec, 'tolerations');
  const tolerated = (key: string): boolean =>
    present.some((toleration) => {
      const effect = textIn(toleration, 'effect');
      const named = textIn(toleration, 'key');
      return (named === key || named === '') && (effect === 'NoExecute' || effect === '');
    });
  const added = defaultTolerations
    .filter((key) => !tolerated(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }));
  return added.length === 0 ? spec : { ...spec, tolerations: [...present, ...added] };
}
