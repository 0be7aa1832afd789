import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { invalid, notSupported, required, type FieldError } from '../field-error.js';
import type { RuleSource } from './schema-node.js';

/** The reasons that a rule may give (apiextensions/v1 ValidationRule.reason). */
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
/** `estimated rule cost` of the real server is not computed here; a rule longer than this is refused instead. */
const maxRuleLength = 4096;

/** Reads `x-kubernetes-validations`; what is wrong with an entry apart from its CEL is added to `errors`. */
export function readRules(written: Json | undefined, path: string, errors: FieldError[]): readonly RuleSource[] {
  if (!isJsonArray(written)) return [];
  return written.filter(isJsonObject).map((entry, index) => readRule(entry, `${path}[${index}]`, errors));
}

function readRule(entry: JsonObject, path: string, errors: FieldError[]): RuleSource {
  const text = (key: string): string => {
    const value = entry[key];
    return typeof value === 'string' ? value : '';
  };
  const rule: RuleSource = {
    rule: text('rule'),
    message: text('message'),
    messageExpression: text('messageExpression'),
    fieldPath: text('fieldPath'),
    reason: text('reason'),
  };
  if (rule.rule.trim() === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  if (rule.rule.length > maxRuleLength) {
    errors.push(invalid(`${path}.rule`, rule.rule, `must not be longer than ${maxRuleLength} characters`));
  }
  if (rule.message !== '' && rule.message.trim() === '') {
    errors.push(invalid(`${path}.message`, rule.message, 'must be non-empty if specified'));
  } else if (/[\r\n]/.test(rule.message)) {
    errors.push(invalid(`${path}.message`, rule.message, 'must not contain line breaks'));
  } else if (rule.message === '' && /[\r\n]/.test(rule.rule.trim()) && rule.messageExpression === '') {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (rule.reason !== '' && !reasons.includes(rule.reason)) {
    errors.push(notSupported(`${path}.reason`, rule.reason, reasons));
  }
  if (entry['optionalOldSelf'] !== undefined) {
    errors.push(invalid(`${path}.optionalOldSelf`, entry['optionalOldSelf'], 'is not supported by this server'));
  }
  return rule;
}
