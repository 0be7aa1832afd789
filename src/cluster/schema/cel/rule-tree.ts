import { invalid, type FieldError } from '../../field-error.js';
import type { Json } from '../../../api/json.js';
import { type RuleSource, type SchemaNode } from '../schema-node.js';
import { compileExpression, RuleError, type CompiledExpression } from './compile-rule.js';
import { fieldPathOf } from './field-path.js';

/** A rule, compiled. */
export interface CompiledRule {
  readonly source: RuleSource;
  readonly condition: CompiledExpression;
  readonly message: CompiledExpression | undefined;
  /** What is added to the path of the value that failed: `.steps`, or nothing. */
  readonly fieldPath: string;
}

/** The nodes of a schema that have rules, or that lead to some. */
export interface RuleTree {
  readonly node: SchemaNode;
  readonly rules: readonly CompiledRule[];
  /** Whether a rule here or below compares with the old value: only those count where nothing has changed. */
  readonly hasTransitions: boolean;
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly items: RuleTree | undefined;
  readonly additional: RuleTree | undefined;
}

interface Compiling {
  /** The list above, in which an entry of an old object cannot be found again. */
  readonly uncorrelatable: string | undefined;
  readonly errors: FieldError[];
}

/** Compiles all rules of a schema; undefined where it has none. What does not compile is told in `errors`. */
export function compileRules(node: SchemaNode, errors: FieldError[]): RuleTree | undefined {
  return compileNode(node, { uncorrelatable: undefined, errors });
}

function compileNode(node: SchemaNode, context: Compiling): RuleTree | undefined {
  const rules = node.rules.flatMap((source, index) =>
    compileOne(source, `${node.schemaPath}.x-kubernetes-validations[${index}]`, { node, ...context }),
  );
  const properties = new Map<string, RuleTree>();
  const inner = node.atomicMap ? { ...context, uncorrelatable: context.uncorrelatable ?? node.schemaPath } : context;
  for (const [key, property] of node.properties) {
    const tree = compileNode(property, inner);
    if (tree !== undefined) properties.set(key, tree);
  }
  const itemContext =
    node.listType === 'map' ? context : { ...context, uncorrelatable: context.uncorrelatable ?? node.schemaPath };
  const items = node.items === undefined ? undefined : compileNode(node.items, itemContext);
  const additional =
    node.additional === undefined || node.additional === true ? undefined : compileNode(node.additional, inner);
  if (rules.length === 0 && properties.size === 0 && items === undefined && additional === undefined) return undefined;
  const hasTransitions =
    rules.some(({ condition }) => condition.usesOldSelf) ||
    [...properties.values(), items, additional].some((tree) => tree?.hasTransitions === true);
  return { node, rules, hasTransitions, properties, items, additional };
}

function compileOne(
  source: RuleSource,
  path: string,
  { node, uncorrelatable, errors }: Compiling & { readonly node: SchemaNode },
): readonly CompiledRule[] {
  const before = errors.length;
  const attempt = (part: 'rule' | 'messageExpression', want: 'bool' | 'string'): CompiledExpression | undefined => {
    try {
      return compileExpression(source[part], node, want);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      errors.push(invalid(`${path}.${part}`, shownRule(source), error.message));
      return undefined;
    }
  };
  const condition = source.rule.trim() === '' ? undefined : attempt('rule', 'bool');
  const message = source.messageExpression === '' ? undefined : attempt('messageExpression', 'string');
  const fieldPath = fieldPathOf(source.fieldPath, node);
  if (fieldPath === null) errors.push(invalid(`${path}.fieldPath`, source.fieldPath, 'must be a valid path'));
  if (condition?.usesOldSelf === true && uncorrelatable !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
    errors.push(invalid(`${path}.rule`, source.rule, why));
  }
  if (condition === undefined || fieldPath === null || errors.length > before) return [];
  return [{ source, condition, message, fieldPath }];
}

/** The real server shows its internal struct. */
function shownRule(source: RuleSource): Json {
  return {
    Rule: source.rule,
    Message: source.message,
    MessageExpression: source.messageExpression,
    Reason: source.reason === '' ? null : source.reason,
    FieldPath: source.fieldPath,
    OptionalOldSelf: null,
  };
}
