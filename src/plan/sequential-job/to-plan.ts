import type { Checked } from '../../api/field-problem.js';
import type { Json, JsonObject } from '../../api/json.js';
import { LABEL } from '../../api/names.js';
import { sealPlan } from '../digest.js';
import { at } from '../field-path.js';
import type { InputChecks } from '../input-checks.js';
import { isNestedDeeperThan } from '../nesting.js';
import type { Plan, PlannedTask } from '../plan.js';
import { readDuration } from '../read-duration.js';
import { readTimeouts } from '../read-timeouts.js';
import { readRetry } from '../read-retry.js';
import { SpecReader } from '../spec-reader.js';
import { readTtlMs } from '../time-to-live.js';
import { rewriteSites } from '../template-sites.js';

const MAX_CONTAINERS = 64;
/** Deeper than any pod spec; what walks a spec recursively is safe within it. */
const MAX_NESTING = 100;
/** A container's name, by Kubernetes' rule: an RFC 1123 label. */
const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** A label or annotation in a group of Lockstep's. */
const OUR_NAME = /^(sequentialjob[.]batch[.])?lockstep[.]dev[/]/;
/** An attempt runs its code once (design review C20). */
const RERUNS = ['restartPolicy', 'restartPolicyRules'] as const;

/** What all entries share. */
type Shared = Pick<PlannedTask, 'idempotent' | 'timeouts' | 'retry' | 'quoteLogs'> & {
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  readonly podSpec: JsonObject;
};

/**
 * The plan of a SequentialJob's spec, or everything that is wrong with it: a pod for each container, one after the other.
 * The name of an entry is its container's, its index its place in the list. Pure, and total.
 */
export function toPlan(spec: JsonObject, executors: InputChecks): Checked<Plan> {
  if (isNestedDeeperThan(spec, MAX_NESTING)) {
    return { ok: false, problems: [{ path: 'spec', message: `is nested more than ${MAX_NESTING} levels deep` }] };
  }
  const reader = new SpecReader();
  const fields = reader.object(spec, 'spec');
  const shared = readShared(reader, fields, executors);
  const containers = readContainers(reader, fields['containers']);
  const tasks = containers.map((container, index) => taskOf(container, { index, containers, shared }));
  const plan = sealPlan({ ...readRun(reader, fields), tasks });
  return reader.problems.length === 0 ? { ok: true, value: plan } : { ok: false, problems: reader.problems };
}

function readRun(reader: SpecReader, fields: JsonObject): Omit<Plan, 'digest' | 'tasks'> {
  return {
    version: 1,
    targetPhase: 'Succeeded',
    failedPhase: 'Failed',
    // A watcher sees each start and each end by itself.
    stepwise: true,
    onFailure: 'FailFast',
    parallelism: 1,
    timeoutMs:
      fields['timeout'] === undefined
        ? null
        : readDuration(reader, fields['timeout'], { path: 'spec.timeout', otherwise: 0 }),
    ttlMs: readTtlMs(reader, fields),
    parameters: {},
    serviceAccountName: null,
  };
}

function readShared(reader: SpecReader, fields: JsonObject, executors: InputChecks): Shared {
  const idempotent = reader.boolean(fields['idempotent'], 'spec.idempotent');
  const evidence = reader.object(fields['evidence'], 'spec.evidence');
  const template = reader.object(fields['template'], 'spec.template');
  const metadata = reader.object(template['metadata'], 'spec.template.metadata');
  return {
    idempotent,
    timeouts: readTimeouts(reader, fields['timeouts'], 'spec.timeouts'),
    retry: readRetry(reader, fields['retry'], { path: 'spec.retry', idempotent }),
    quoteLogs: reader.word(evidence['logs'], 'spec.evidence.logs', ['Tail', 'None']) === 'Tail',
    labels: readOwn(reader, metadata['labels'], 'spec.template.metadata.labels'),
    annotations: readOwn(reader, metadata['annotations'], 'spec.template.metadata.annotations'),
    podSpec: readPodSpec(reader, template['spec'], executors),
  };
}

/** Labels or annotations of the author's: those of Lockstep's groups say what Lockstep knows, and are not his to set. */
function readOwn(reader: SpecReader, value: Json | undefined, path: string): JsonObject {
  const own = reader.object(value, path);
  for (const name of Object.keys(own)) {
    if (OUR_NAME.test(name)) reader.report(at(path, name), 'is set by Lockstep');
  }
  return own;
}

function readContainers(reader: SpecReader, value: Json | undefined): readonly JsonObject[] {
  const path = 'spec.containers';
  const list = reader.list(value, path);
  if (list.length === 0) reader.report(path, 'names no container; there is at least one');
  if (list.length > MAX_CONTAINERS)
    reader.report(path, `may hold at most ${MAX_CONTAINERS} containers, and holds ${list.length}`);
  const seen = new Set<string>();
  return list.slice(0, MAX_CONTAINERS).map((item, index) => {
    const own = at(path, index);
    const container = reader.object(item, own);
    const name = reader.string(container['name'], at(own, 'name')) ?? '';
    if (!CONTAINER_NAME.test(name))
      reader.report(
        at(own, 'name'),
        `${JSON.stringify(name.slice(0, 70))} is no container name: at most 63 of a-z, 0-9 and -, neither first nor last a -`,
      );
    else if (seen.has(name)) reader.report(at(own, 'name'), `there is another container ${name}`);
    seen.add(name);
    if ((reader.string(container['image'], at(own, 'image')) ?? '') === '')
      reader.report(at(own, 'image'), 'is required');
    for (const field of RERUNS) {
      if (container[field] !== undefined)
        reader.report(at(own, field), 'a container may not restart by itself; an attempt runs once');
    }
    return container;
  });
}

interface Entry {
  readonly index: number;
  readonly containers: readonly JsonObject[];
  readonly shared: Shared;
}

function taskOf(container: JsonObject, { index, containers, shared }: Entry): PlannedTask {
  const { idempotent, timeouts, retry, quoteLogs, labels, annotations, podSpec } = shared;
  const earlier = index === 0 ? undefined : containers[index - 1];
  return {
    name: nameOf(container),
    path: `spec.containers[${index}]`,
    group: 'main',
    dependsOn: earlier === undefined ? [] : [nameOf(earlier)],
    executor: 'pod',
    input: literal({
      metadata: { labels: { ...labels, [LABEL.entryIndex]: String(index) }, annotations },
      spec: { ...podSpec, containers: [container] },
    }),
    when: null,
    idempotent,
    timeouts,
    retry,
    outputs: [],
    quoteLogs,
  };
}

/** The template says what all pods share; what each has of its own, and what Lockstep decides, it may not say. */
function readPodSpec(reader: SpecReader, value: Json | undefined, executors: InputChecks): JsonObject {
  const path = 'spec.template.spec';
  const podSpec = reader.object(value, path);
  for (const field of ['containers', 'initContainers']) {
    if (podSpec[field] !== undefined) reader.report(at(path, field), 'each pod has one container: that of its entry');
  }
  const policy = podSpec['restartPolicy'];
  if (policy !== undefined && policy !== 'Never')
    reader.report(at(path, 'restartPolicy'), 'must be Never: an attempt runs once');
  const others = executors.get('pod')?.validate({ spec: podSpec }) ?? [];
  for (const problem of others) reader.report(`spec.template.${problem.path}`, problem.message);
  return podSpec;
}

/** An entry has no parameters: every `${` of it is for the program that reads it. */
function literal(input: JsonObject): JsonObject {
  return rewriteSites('pod', input, {
    visit: ({ text }) => ({ kind: 'text', text: text.replaceAll('${', '$${') }),
  });
}

function nameOf(container: JsonObject): string {
  return typeof container['name'] === 'string' ? container['name'] : '';
}
