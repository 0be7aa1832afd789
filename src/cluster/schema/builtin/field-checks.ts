import type { JsonObject } from '../../../api/json.js';
import { invalid, notSupported, required, type FieldError } from '../../field-error.js';
import { subdomainFaults, labelFaults } from '../../apiserver/meta-names.js';
import { numberIn, textIn } from './json-members.js';

/** Checks of single fields, in the words of kubernetes/pkg/apis/core/validation. Each answers what is wrong. */
export type Check = readonly FieldError[];

export function requireText(value: JsonObject, key: string, path: string): Check {
  return textIn(value, key) === '' ? [required(`${path}.${key}`)] : [];
}

export function checkLabelName(name: string, path: string): Check {
  return labelFaults(name).map((fault) => invalid(path, name, fault));
}

export function checkSubdomain(name: string, path: string): Check {
  return subdomainFaults(name).map((fault) => invalid(path, name, fault));
}

/** The value of an optional field is one of a few; `required` where it is empty and may not be. */
export function checkChoice(
  value: JsonObject,
  key: string,
  choice: { readonly path: string; readonly of: readonly string[] },
): Check {
  const text = value[key];
  if (text === undefined || choice.of.some((allowed) => allowed === text)) return [];
  return [notSupported(`${choice.path}.${key}`, text, choice.of)];
}

export function checkNotNegative(value: JsonObject, key: string, path: string): Check {
  const number = numberIn(value, key);
  if (number === undefined || number >= 0) return [];
  return [invalid(`${path}.${key}`, number, 'must be greater than or equal to 0')];
}

export function checkRange(number: number, path: string, range: { readonly min: number; readonly max: number }): Check {
  if (number >= range.min && number <= range.max) return [];
  return [invalid(path, number, `must be between ${range.min} and ${range.max}, inclusive`)];
}
