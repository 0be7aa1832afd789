import type { JsonObject } from '../../../api/json.js';
import { mapObject, mapObjects, withDefaults } from './json-members.js';
import { defaultPodSpec } from './pod-defaults.js';

/** The default limit of a Job's retries; with a limit per index there is none for the whole (math.MaxInt32). */
const backoffLimit = 6;
const noBackoffLimit = 2_147_483_647;

/** What an absent field of a Job means (kubernetes/pkg/apis/batch/v1/defaults.go). */
export function defaultJob(job: JsonObject): JsonObject {
  const withSpec = withDefaults(job, { spec: {} });
  return mapObject(withSpec, 'spec', defaultJobSpec);
}

function defaultJobSpec(spec: JsonObject): JsonObject {
  const counts =
    spec['completions'] === undefined && spec['parallelism'] === undefined ? { completions: 1 } : undefined;
  let result = withDefaults(spec, {
    ...counts,
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? backoffLimit : noBackoffLimit,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    template: {},
  });
  result = mapObject(result, 'podFailurePolicy', (policy) =>
    mapObjects(policy, 'rules', (rule) =>
      mapObjects(rule, 'onPodConditions', (condition) => withDefaults(condition, { status: 'True' })),
    ),
  );
  return mapObject(result, 'template', (template) =>
    mapObject(withDefaults(template, { metadata: {}, spec: {} }), 'spec', defaultPodSpec),
  );
}
