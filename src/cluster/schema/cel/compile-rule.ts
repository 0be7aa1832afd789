import { isCelError, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';
import { checkExpression, type CheckedExpression } from './check-expression.js';
import { ruleEnvironment } from './environment.js';
import type { SchemaNode } from '../schema-node.js';

/** What a rule is evaluated on; oldSelf only where there is one. */
export interface RuleInput {
  readonly self: CelInput;
  readonly oldSelf?: CelInput;
}

/** A CEL expression over self and oldSelf, ready to run. */
export interface CompiledExpression {
  readonly usesOldSelf: boolean;
  /** Throws where the expression fails, in cel-go's words. */
  evaluate(input: RuleInput): CelResult;
}

/** Why an expression cannot be used, in the real server's words (without the `compilation failed` prefix's subject). */
export class RuleError extends Error {}

/** Each expression is compiled once per place in a schema; schemas are compiled rarely, rules run often. */
export function compileExpression(source: string, node: SchemaNode, want: 'bool' | 'string'): CompiledExpression {
  const checked = parsed(source, node);
  if (checked.result !== 'dyn' && checked.result !== want) {
    const subject =
      want === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string';
    throw new RuleError(subject);
  }
  const run = plan(ruleEnvironment, checked.expression);
  return {
    usesOldSelf: checked.usesOldSelf,
    evaluate: ({ self, oldSelf }) => {
      const result = run(oldSelf === undefined ? { self } : { self, oldSelf });
      if (isCelError(result)) throw new RuleError(goErrorText(result.message));
      return result;
    },
  };
}

function parsed(source: string, node: SchemaNode): CheckedExpression {
  let expression;
  try {
    expression = parse(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RuleError(`compilation failed: ERROR: <input>:1:1: Syntax error: ${why}`);
  }
  const checked = checkExpression(expression, { source, node });
  if (checked.errors.length > 0) throw new RuleError(`compilation failed: ${checked.errors.join('\n')}`);
  return checked;
}

/** The library's error texts as cel-go has them, since the real server prints those. */
function goErrorText(text: string): string {
  const missing = /^field not found: (.*)$/s.exec(text)?.[1];
  if (missing !== undefined) return `no such key: ${missing}`;
  const [, index, bound] = /^index (-?\d+) out of bounds \[0, (-?\d+)\)$/.exec(text) ?? [];
  if (index !== undefined) return bound === '-1' ? `index out of bounds: ${index}` : `index out of range: ${index}`;
  return /overload/.test(text) ? 'no such overload' : text;
}
