import type { JsonObject } from '../../../api/json.js';
import { duplicate, invalid, required, type FieldError } from '../../field-error.js';
import { jsonEqual } from '../json-equal.js';
import { checkChoice, checkNotNegative, type Check } from './field-checks.js';
import { numberIn, objectIn, objectsIn, textIn } from './json-members.js';
import { checkPodSpec } from './pod-checks.js';

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'ttlSecondsAfterFinished',
];
/** Labels that the server puts on a Job's pods. */
const uidLabel = 'batch.kubernetes.io/controller-uid';

/** A Job, new or changed (kubernetes/pkg/apis/batch/validation). */
export function checkJob(job: JsonObject, old?: JsonObject): Check {
  const spec = objectIn(job, 'spec');
  const own = [...checkSelector(job), ...checkSpec(spec)];
  return old === undefined ? own : [...own, ...checkJobUpdate(spec, objectIn(old, 'spec'))];
}

function checkSpec(spec: JsonObject): Check {
  const indexed = spec['completionMode'] === 'Indexed';
  const errors: FieldError[] = counts.flatMap((key) => checkNotNegative(spec, key, 'spec'));
  errors.push(...checkChoice(spec, 'completionMode', { path: 'spec', of: ['NonIndexed', 'Indexed'] }));
  const policies = ['Failed', 'TerminatingOrFailed'];
  errors.push(...checkChoice(spec, 'podReplacementPolicy', { path: 'spec', of: policies }));
  if (spec['podFailurePolicy'] !== undefined && spec['podReplacementPolicy'] === 'TerminatingOrFailed') {
    errors.push(...checkChoice(spec, 'podReplacementPolicy', { path: 'spec', of: ['Failed'] }));
  }
  if (indexed && spec['completions'] === undefined) {
    errors.push(required('spec.completions', 'when completion mode is Indexed'));
  }
  if (!indexed) {
    for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy']) {
      if (spec[key] !== undefined) errors.push(invalid(`spec.${key}`, spec[key], 'requires indexed completion mode'));
    }
  }
  errors.push(...checkFailurePolicy(spec), ...checkTemplate(spec));
  return errors;
}

function checkTemplate(spec: JsonObject): Check {
  const podSpec = objectIn(objectIn(spec, 'template'), 'spec');
  const policy = textIn(podSpec, 'restartPolicy');
  const errors: FieldError[] = checkPodSpec(podSpec)
    .filter(({ field }) => field !== 'spec.restartPolicy')
    .map((error) => ({ ...error, field: `spec.template.${error.field}` }));
  if (policy === 'Always' || policy === '') {
    errors.push(required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
  } else {
    errors.push(...checkChoice(podSpec, 'restartPolicy', { path: 'spec.template.spec', of: ['OnFailure', 'Never'] }));
  }
  if (spec['podFailurePolicy'] !== undefined && policy === 'OnFailure') {
    const why = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalid('spec.template.spec.restartPolicy', policy, why));
  }
  return errors;
}

function checkFailurePolicy(spec: JsonObject): Check {
  return objectsIn(objectIn(spec, 'podFailurePolicy'), 'rules').flatMap((rule, index) => {
    const path = `spec.podFailurePolicy.rules[${index}]`;
    const exits = objectIn(rule, 'onExitCodes');
    const hasExits = rule['onExitCodes'] !== undefined;
    const hasConditions = objectsIn(rule, 'onPodConditions').length > 0;
    const errors: FieldError[] = [
      ...checkChoice(rule, 'action', { path, of: ['Count', 'FailIndex', 'FailJob', 'Ignore'] }),
    ];
    if (hasExits === hasConditions) {
      const why = hasExits
        ? 'specifying both OnExitCodes and OnPodConditions is not supported'
        : 'specifying one of OnExitCodes and OnPodConditions is required';
      errors.push({ reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field: path });
    }
    return [...errors, ...checkExitCodes(exits, `${path}.onExitCodes`)];
  });
}

function checkExitCodes(exits: JsonObject, path: string): Check {
  const values = exits['values'];
  if (!Array.isArray(values)) return [];
  const numbers: readonly unknown[] = values;
  return numbers.flatMap((value, index): FieldError[] => {
    if (typeof value !== 'number') return [];
    if (value === 0 && exits['operator'] === 'In') {
      return [invalid(`${path}.values[${index}]`, value, 'must not be 0 for the In operator')];
    }
    return numbers.indexOf(value) < index ? [duplicate(`${path}.values[${index}]`, value)] : [];
  });
}

function checkSelector(job: JsonObject): Check {
  const spec = objectIn(job, 'spec');
  const uid = textIn(objectIn(job, 'metadata'), 'uid');
  const labels = inKeyOrder(objectIn(objectIn(objectIn(spec, 'template'), 'metadata'), 'labels'));
  const selector = spec['selector'];
  const wanted = objectIn(objectIn(spec, 'selector'), 'matchLabels');
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required('spec.selector'));
  else if (spec['manualSelector'] !== true && !jsonEqual(selector, { matchLabels: { [uidLabel]: uid } })) {
    errors.push(invalid('spec.selector', selector, '`selector` not auto-generated'));
  }
  if (selector === undefined || Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
    const shown = Object.keys(labels).length === 0 ? null : labels;
    errors.push(invalid('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  return errors;
}

/** As Go prints a map. */
function inKeyOrder(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const immutable = [
  'completions',
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
];

function checkJobUpdate(spec: JsonObject, old: JsonObject): Check {
  const errors: FieldError[] = [];
  for (const key of immutable) {
    if (key === 'completions' && elastic(spec, old)) continue;
    if (!jsonEqual(spec[key], old[key])) errors.push(invalid(`spec.${key}`, spec[key], 'field is immutable'));
  }
  if (!jsonEqual(frozenTemplate(spec, old), old['template'])) {
    // The real server prints its internal struct of the whole template here.
    errors.push(invalid('spec.template', spec['template'], 'field is immutable'));
  }
  return errors;
}

/** An indexed Job may grow or shrink where completions and parallelism change together. */
function elastic(spec: JsonObject, old: JsonObject): boolean {
  const completions = numberIn(spec, 'completions');
  return (
    old['completionMode'] === 'Indexed' && completions !== undefined && completions === numberIn(spec, 'parallelism')
  );
}

/** While a Job is suspended and has not begun, its pods may still be told where to run. */
function frozenTemplate(spec: JsonObject, old: JsonObject): JsonObject {
  const template = objectIn(spec, 'template');
  if (old['suspend'] !== true) return template;
  const before = objectIn(objectIn(old, 'template'), 'spec');
  const scheduling = ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates'];
  const kept = Object.fromEntries(scheduling.map((key) => [key, before[key]]));
  return {
    ...template,
    metadata: objectIn(old, 'template')['metadata'],
    spec: { ...objectIn(template, 'spec'), ...kept },
  };
}
