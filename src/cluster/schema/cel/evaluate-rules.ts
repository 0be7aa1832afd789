import { isJsonArray, isJsonObject, type Json } from '../../../api/json.js';
import { correlatedItem, correlatedProperty } from '../correlate.js';
import type { FieldError, FieldErrorType } from '../../field-error.js';
import { invalid } from '../../field-error.js';
import { jsonEqual } from '../json-equal.js';
import { childPath } from '../schema-node.js';
import { RuleError, type RuleInput } from './compile-rule.js';
import type { CompiledRule, RuleTree } from './rule-tree.js';
import { celValue, inOrderOf } from './values.js';

/** Where a value stands, and what stood there before the update. */
interface Place {
  readonly path: string;
  readonly old: Json | undefined;
}

/** A message made by an expression is cut off there (apiextensions: MaxEvaluatedMessageExpressionSizeBytes). */
const maxMessageLength = 5120;
/** Heads of error texts by reason (apimachinery field.ErrorType.String). */
const heads: Readonly<Record<string, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
};

/**
 * Evaluates all rules, outer ones first. A rule that uses oldSelf runs only where there is an old value; what has not
 * changed is not held against an update by the other rules (ratcheting).
 */
export function ruleErrors(value: Json, tree: RuleTree, at: Place): readonly FieldError[] {
  if (value === null) return [];
  const unchanged = at.old !== undefined && jsonEqual(value, at.old);
  if (unchanged && !tree.hasTransitions) return [];
  const own = ownErrors(value, tree, { ...at, unchanged });
  if (isJsonArray(value)) return [...own, ...itemErrors(value, tree, at)];
  if (!isJsonObject(value)) return own;
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const property = tree.properties.get(key) ?? tree.additional;
    if (property === undefined || child === undefined) return [];
    return ruleErrors(child, property, { path: childPath(at.path, key), old: correlatedProperty(key, at.old) });
  });
  return [...own, ...inner];
}

function itemErrors(values: readonly Json[], tree: RuleTree, at: Place): readonly FieldError[] {
  const items = tree.items;
  if (items === undefined) return [];
  return values.flatMap((value, index) =>
    ruleErrors(value, items, { path: `${at.path}[${index}]`, old: correlatedItem(value, at.old, tree.node) }),
  );
}

function ownErrors(value: Json, tree: RuleTree, at: Place & { readonly unchanged: boolean }): readonly FieldError[] {
  const { old, unchanged } = at;
  const rules = tree.rules.filter(({ condition }) =>
    condition.usesOldSelf ? old !== undefined && old !== null : !unchanged,
  );
  if (rules.length === 0) return [];
  const self = celValue(value, tree.node);
  let oldSelf: RuleInput['oldSelf'] = unchanged ? self : undefined;
  return rules.flatMap((rule) => {
    if (!rule.condition.usesOldSelf || old === undefined) return failures(rule, { self }, { value, tree, at });
    oldSelf ??= celValue(inOrderOf(old, value, tree.node), tree.node);
    return failures(rule, { self, oldSelf }, { value, tree, at });
  });
}

interface Subject {
  readonly value: Json;
  readonly tree: RuleTree;
  readonly at: Place;
}

function failures(rule: CompiledRule, input: RuleInput, { value, tree, at }: Subject): readonly FieldError[] {
  try {
    if (rule.condition.evaluate(input) === true) return [];
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const shown = rule.source.message === '' ? rule.source.rule.trim() : rule.source.message;
    const type = tree.node.type ?? 'string';
    return [invalid(shownPath(at.path), type, `${error.message} evaluating rule: ${shown}`)];
  }
  const message = ruleMessage(rule, input);
  const path = rule.fieldPath.startsWith('.') && at.path === '' ? rule.fieldPath.slice(1) : at.path + rule.fieldPath;
  return [failure(shownPath(path), value, { message, reason: rule.source.reason })];
}

function shownPath(path: string): string {
  return path === '' ? '<nil>' : path;
}

/** Objects and lists are not repeated in the text, scalars are (kube-apiserver 1.35). */
function failure(
  field: string,
  value: Json,
  { message, reason }: { readonly message: string; readonly reason: string },
): FieldError {
  const type = reasonOf(reason);
  const head = heads[type];
  if (type === 'FieldValueDuplicate') {
    return {
      reason: type,
      message: isScalar(value) ? `Duplicate value: ${JSON.stringify(value)}` : 'Duplicate value',
      field,
    };
  }
  if (head !== undefined) return { reason: type, message: `${head}: ${message}`, field };
  if (isScalar(value)) return invalid(field, value, message);
  return { reason: type, message: `Invalid value: ${message}`, field };
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

function reasonOf(reason: string): FieldErrorType {
  switch (reason) {
    case 'FieldValueRequired':
    case 'FieldValueForbidden':
    case 'FieldValueDuplicate':
      return reason;
    default:
      return 'FieldValueInvalid';
  }
}

function ruleMessage(rule: CompiledRule, input: RuleInput): string {
  const { message, rule: text } = rule.source;
  const fallback = message === '' ? `failed rule: ${text.trim()}` : message;
  if (rule.message === undefined) return fallback;
  try {
    const made = rule.message.evaluate(input);
    if (typeof made !== 'string' || made.trim() === '' || /[\r\n]/.test(made) || made.length > maxMessageLength)
      return fallback;
    return made.trim();
  } catch (error) {
    // The real server too falls back to the plain message where the expression fails.
    if (error instanceof RuleError) return fallback;
    throw error;
  }
}
