import type { JsonObject } from '../../api/json.js';
import { invalid, type FieldError } from '../field-error.js';
import { FieldErrorsError, type SchemaHandler } from '../schema-port.js';
import { ruleErrors } from './cel/evaluate-rules.js';
import { compileRules, type RuleTree } from './cel/rule-tree.js';
import { defaultErrors } from './check-defaults.js';
import { defaultObject } from './defaults.js';
import { pruneObject } from './prune.js';
import { readSchema } from './read-schema.js';
import type { SchemaNode } from './schema-node.js';
import { listTypeErrors } from './validate-list-types.js';
import { embeddedErrors, valueErrors } from './validate-value.js';

/** With one of these, the object is not well-formed enough for CEL (apiextensions: hasBlockingErr). */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
  'FieldValueNotSupported',
]);
const unchecked =
  'some validation rules were not checked because the object was invalid; ' +
  'correct the existing errors to complete validation';

/**
 * Compiles the schema of a CustomResourceDefinition. Throws FieldErrorsError (paths below `path`) where it is not
 * structural, a default does not fit, or a rule does not compile.
 */
export function compileSchema(schema: JsonObject, path: string): SchemaHandler {
  const { node, errors } = readSchema(schema, path);
  if (errors.length > 0) throw new FieldErrorsError(errors);
  const faults: FieldError[] = [...defaultErrors(node)];
  const rules = compileRules(node, faults);
  if (faults.length > 0) throw new FieldErrorsError(faults);
  return {
    prune: (value) => pruneObject(value, node),
    applyDefaults: (value) => defaultObject(value, node),
    validate: (value, old) => validate(value, old, { node, rules }),
  };
}

interface Compiled {
  readonly node: SchemaNode;
  readonly rules: RuleTree | undefined;
}

function validate(value: JsonObject, old: JsonObject | undefined, { node, rules }: Compiled): readonly FieldError[] {
  const at = { path: '', old };
  const errors = [
    ...valueErrors(value, node, at),
    ...embeddedErrors(value, node, ''),
    ...newListErrors(value, old, node),
  ];
  if (rules === undefined) return errors;
  if (errors.some((error) => blocking.has(error.reason))) return [...errors, invalid('<nil>', null, unchecked)];
  return [...errors, ...ruleErrors(value, rules, at)];
}

/** An update is not refused for a duplicate that was there before. */
function newListErrors(value: JsonObject, old: JsonObject | undefined, node: SchemaNode): readonly FieldError[] {
  if (old !== undefined && listTypeErrors(old, node, '').length > 0) return [];
  return listTypeErrors(value, node, '');
}
