import type { Json, JsonObject } from '../api/json.js';
import { inputPath } from './input-path.js';
import type { Plan, PlannedTask } from './plan.js';
import { parseText, type Reference } from './references.js';
import { parameterOf } from './render-input.js';
import type { SpecReader } from './spec-reader.js';
import { rewriteSites } from './template-sites.js';
import { utf8Length } from './utf8-length.js';

/**
 * Most bytes of a spec as JSON. etcd takes 1.5 MiB (its --max-request-bytes) of an object as a whole: the spec, a status
 * of 256 KiB, annotations of 256 KiB (Kubernetes' own limit), and the managed fields, which grow with the spec.
 */
const MAX_SPEC_BYTES = 512 * 1024;
/** Most bytes of what one attempt is made of, values put in: its object must be taken by etcd too. */
const MAX_RENDERED_BYTES = 512 * 1024;
/** Most bytes of one output: a termination message's (the kubelet's limit). */
const OUTPUT_BYTES = 4_096;

/** Refuses, before anything runs, what would be too large for an object of Kubernetes in the middle of a run. */
export function checkSizes(reader: SpecReader, spec: JsonObject, plan: Plan): void {
  const bytes = bytesOf(spec);
  if (bytes > MAX_SPEC_BYTES) {
    const largest = plan.tasks.reduce<PlannedTask | null>(
      (most, task) => (most === null || bytesOf(task.input) > bytesOf(most.input) ? task : most),
      null,
    );
    const most = largest === null ? '' : `; most of it is ${largest.path} (${bytesOf(largest.input)} bytes)`;
    reader.report('spec', `has ${bytes} bytes as JSON, at most ${MAX_SPEC_BYTES} are allowed${most}`);
  }
  for (const task of plan.tasks) checkRendered(reader, plan, task);
}

function checkRendered(reader: SpecReader, plan: Plan, task: PlannedTask): void {
  let bytes = bytesOf(task.input);
  let largest = { path: '', grows: 0 };
  rewriteSites(task.executor, task.input, {
    visit: ({ path, text }) => {
      const grows = parseText(text).reduce((sum, part) => sum + (part.kind === 'text' ? 0 : valueBytes(plan, part)), 0);
      if (grows > largest.grows) largest = { path, grows };
      bytes += grows;
      return { kind: 'text', text };
    },
  });
  if (bytes <= MAX_RENDERED_BYTES || largest.grows === 0) return;
  reader.report(
    inputPath(task, largest.path),
    `with its parameters and outputs put in, step ${task.name} can have ${bytes} bytes, at most ${MAX_RENDERED_BYTES} are allowed`,
  );
}

function valueBytes(plan: Plan, reference: Reference): number {
  if (reference.kind === 'output') return OUTPUT_BYTES;
  const parameter = reference.kind === 'parameter' ? parameterOf(plan, reference.name) : undefined;
  // A secret is a reference in the pod too.
  return parameter?.kind === 'value' ? bytesOf(parameter.value) : 0;
}

function bytesOf(value: Json): number {
  return utf8Length(JSON.stringify(value));
}
