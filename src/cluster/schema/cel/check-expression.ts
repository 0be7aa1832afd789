import type { SchemaNode } from '../schema-node.js';
import { callShape, type FaultReport } from './call-shape.js';
import type { Expression, ParsedExpression } from './expression.js';
import { DYN, fieldShape, scalar, shapeName, shapeOfNode, STRING, BOOL, type Shape } from './shape.js';

export interface CheckedExpression {
  readonly expression: ParsedExpression;
  readonly usesOldSelf: boolean;
  /** The name of its type, or dyn where it is not known. */
  readonly result: string;
  /** In cel-go's form: `ERROR: <input>:1:5: undefined field 'x'` and the line with a caret. */
  readonly errors: readonly string[];
}

/** Deeper nested macros could take seconds on lists of allowed sizes; the real server estimates their cost. */
const maxNesting = 4;
const typeNames = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'];

/**
 * Checks an expression's names and types against the schema of self. Less strict than cel-go: what is not known may be
 * anything, and fails when it runs.
 */
export function checkExpression(
  expression: ParsedExpression,
  { source, node }: { readonly source: string; readonly node: SchemaNode },
): CheckedExpression {
  const checker = new Checker(source, expression);
  const self = shapeOfNode(node);
  const scope = new Map([
    ['self', self],
    ['oldSelf', self],
  ]);
  const shape = checker.infer(expression.expr, scope);
  return { expression, usesOldSelf: checker.usesOldSelf, result: shapeName(shape) ?? 'dyn', errors: checker.errors };
}

type Scope = ReadonlyMap<string, Shape>;

/** Walks one expression; collects what is wrong with it. */
class Checker implements FaultReport {
  readonly errors: string[] = [];
  usesOldSelf = false;
  readonly #source: string;
  readonly #parsed: ParsedExpression;
  #nesting = 0;

  constructor(source: string, parsed: ParsedExpression) {
    this.#source = source;
    this.#parsed = parsed;
  }

  infer(expression: Expression, scope: Scope): Shape {
    const { exprKind } = expression;
    switch (exprKind.case) {
      case 'constExpr':
        return constantShape(exprKind.value.constantKind.case);
      case 'identExpr':
        return this.#ident(expression, exprKind.value.name, scope);
      case 'selectExpr':
        return this.#select(expression, scope);
      case 'callExpr':
        return this.#call(expression, scope);
      case 'listExpr': {
        const [first = DYN, ...rest] = exprKind.value.elements.map((element) => this.infer(element, scope));
        const same = rest.every((shape) => shapeName(shape) === shapeName(first));
        return { kind: 'list', item: same ? first : DYN };
      }
      case 'comprehensionExpr':
        return this.#comprehension(expression, scope);
      case 'structExpr':
        return DYN;
      case undefined:
        return DYN;
    }
  }

  /** Tells a fault at an expression, or at an offset of the source. */
  fault(text: string, offset: number): Shape {
    const before = this.#source.slice(0, offset).split('\n');
    const line = this.#source.split('\n')[before.length - 1] ?? '';
    const column = before.at(-1)?.length ?? 0;
    const caret = `${'.'.repeat(column)}^`;
    this.errors.push(`ERROR: <input>:${before.length}:${column + 1}: ${text}\n | ${line}\n | ${caret}`);
    return DYN;
  }

  operatorOf(expression: Expression, name: string): number {
    const found = this.#source.indexOf(name.replaceAll('_', ''), this.#offsetOf(expression));
    return found < 0 ? this.#offsetOf(expression) : found;
  }

  #offsetOf(expression: Expression): number {
    return this.#parsed.sourceInfo?.positions[expression.id.toString()] ?? 0;
  }

  parenthesisOf(expression: Expression, name: string): number {
    const found = this.#source.indexOf('(', this.#offsetOf(expression) + name.length);
    return found < 0 ? this.#offsetOf(expression) : found;
  }

  #ident(expression: Expression, name: string, scope: Scope): Shape {
    if (name === 'oldSelf') this.usesOldSelf = true;
    const known = scope.get(name);
    if (known !== undefined) return known;
    if (typeNames.includes(name)) return scalar('type');
    return this.fault(`undeclared reference to '${name}' (in container '')`, this.#offsetOf(expression));
  }

  #select(expression: Expression, scope: Scope): Shape {
    if (expression.exprKind.case !== 'selectExpr') return DYN;
    const { operand, field, testOnly } = expression.exprKind.value;
    const shape = operand === undefined ? DYN : this.infer(operand, scope);
    const found = this.#field(shape, field, expression);
    return testOnly ? BOOL : found;
  }

  #field(shape: Shape, field: string, expression: Expression): Shape {
    switch (shape.kind) {
      case 'dyn':
        return DYN;
      case 'map':
        return shape.value;
      case 'object':
        return fieldShape(shape.node, field) ?? this.fault(`undefined field '${field}'`, this.#offsetOf(expression));
      case 'list':
      case 'scalar': {
        const name = shapeName(shape) ?? shape.kind;
        return this.fault(`type '${name}' does not support field selection`, this.#offsetOf(expression));
      }
    }
  }

  #call(expression: Expression, scope: Scope): Shape {
    if (expression.exprKind.case !== 'callExpr') return DYN;
    const { function: name, target, args } = expression.exprKind.value;
    const receiver = target === undefined ? undefined : this.infer(target, scope);
    const shapes = args.map((argument) => this.infer(argument, scope));
    return callShape(name, { checker: this, expression, receiver, args: shapes });
  }

  #comprehension(expression: Expression, scope: Scope): Shape {
    if (expression.exprKind.case !== 'comprehensionExpr') return DYN;
    const { iterRange, iterVar, accuVar, accuInit, loopStep, result } = expression.exprKind.value;
    const range = iterRange === undefined ? DYN : this.infer(iterRange, scope);
    const item = this.#itemOf(range, iterRange ?? expression);
    this.#nesting += 1;
    if (this.#nesting > maxNesting) {
      this.fault(`macros are nested more than ${maxNesting} deep`, this.#offsetOf(expression));
    }
    const start = accuInit === undefined ? DYN : this.infer(accuInit, scope);
    const inner = new Map([...scope, [iterVar, item], [accuVar, start]]);
    const step = loopStep === undefined ? start : this.infer(loopStep, inner);
    this.#nesting -= 1;
    return result === undefined ? step : this.infer(result, new Map([...scope, [accuVar, step]]));
  }

  #itemOf(range: Shape, expression: Expression): Shape {
    if (range.kind === 'list') return range.item;
    if (range.kind === 'map') return STRING;
    if (range.kind === 'dyn') return DYN;
    const name = shapeName(range) ?? 'object';
    const why = `expression of type '${name}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    return this.fault(why, this.#offsetOf(expression));
  }
}

function constantShape(kind: string | undefined): Shape {
  switch (kind) {
    case 'int64Value':
      return scalar('int');
    case 'uint64Value':
      return scalar('uint');
    case 'doubleValue':
      return scalar('double');
    case 'stringValue':
      return STRING;
    case 'boolValue':
      return BOOL;
    case 'bytesValue':
      return scalar('bytes');
    case 'nullValue':
      return scalar('null_type');
    default:
      return DYN;
  }
}
