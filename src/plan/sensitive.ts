import { canonicalJson } from '../api/canonical-json.js';
import { sha256 } from '../api/digest.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../api/json.js';
import type { Outputs, ParameterValue, Plan, PlannedTask } from './plan.js';

/** Shortest sensitive value: a shorter one could not be taken out of a text without taking out half of the text. */
export const MIN_SENSITIVE_LENGTH = 6;

/** What the salt of a hash is made from: the run, and whose value it is. */
interface Place {
  readonly runUid: string;
  /** `params`, or the name of a step. */
  readonly owner: string;
  readonly name: string;
}

/**
 * What is recorded in place of a sensitive value. The salt is the run's UID, the owner and the name, so that equal values
 * of two runs look different and no table can be made beforehand; it is no protection for a value that can be guessed
 * (docs/decisions/0014).
 */
export function saltedHash(value: Json, { runUid, owner, name }: Place): string {
  return `salted-${sha256(`${runUid}/${owner}/${name}\n${canonicalJson(value)}`)}`;
}

/** The values that nothing of what is recorded or shown may hold. */
export function sensitiveValues(plan: Plan): string[] {
  return Object.values(plan.parameters).flatMap((parameter) =>
    parameter.kind === 'value' && parameter.sensitive === true ? [String(parameter.value)] : [],
  );
}

/** The outputs of a step as they are kept: salted hashes for those that are declared sensitive. */
export function keptOutputs(
  { name: owner, outputs }: Pick<PlannedTask, 'name' | 'outputs'>,
  values: Outputs,
  runUid: string,
): Outputs {
  const hidden = new Set(outputs.filter((output) => output.sensitive === true).map((output) => output.name));
  if (hidden.size === 0) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      hidden.has(name) ? saltedHash(value, { runUid, owner, name }) : value,
    ]),
  );
}

/** A spec as its digest is made from it: sensitive parameters by their salted hashes. The same object where there are none. */
export function specForDigest(spec: JsonObject, runUid: string): JsonObject {
  const list = spec['parameters'];
  if (!isJsonArray(list) || !list.some(isSensitive)) return spec;
  return { ...spec, parameters: list.map((item) => (isSensitive(item) ? hiddenParameter(item, runUid) : item)) };
}

/** A plan as its digest is made from it: without the sensitive values, since a digest of one value could be guessed. */
export function planForDigest<T extends Pick<Plan, 'parameters'>>(plan: T): T {
  const entries = Object.entries(plan.parameters);
  if (!entries.some(([, one]) => one.kind === 'value' && one.sensitive === true)) return plan;
  const parameters = entries.map(([name, one]): [string, ParameterValue] => [
    name,
    one.kind === 'value' && one.sensitive === true ? { ...one, value: '' } : one,
  ]);
  return { ...plan, parameters: Object.fromEntries(parameters) };
}

function isSensitive(item: Json): item is JsonObject {
  return isJsonObject(item) && item['sensitive'] === true;
}

function hiddenParameter(item: JsonObject, runUid: string): JsonObject {
  const name = typeof item['name'] === 'string' ? item['name'] : '';
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [
      key,
      (key === 'value' || key === 'default') && value !== undefined
        ? saltedHash(value, { runUid, owner: 'params', name })
        : value,
    ]),
  );
}
