import type { parse } from '@bufbuild/cel';
import type { SchemaNode } from '../schema-node.js';

export type ParsedExpression = ReturnType<typeof parse>;

export interface CheckedExpression {
  readonly expression: ParsedExpression;
  readonly usesOldSelf: boolean;
  /** The name of its type, or dyn. */
  readonly result: string;
  /** In cel-go's form: `ERROR: <input>:1:5: undefined field 'x'` and the line with a caret. */
  readonly errors: readonly string[];
}

export function checkExpression(
  expression: ParsedExpression,
  context: { readonly source: string; readonly node: SchemaNode },
): CheckedExpression {
  return { expression, usesOldSelf: /\boldSelf\b/.test(context.source), result: 'dyn', errors: [] };
}
