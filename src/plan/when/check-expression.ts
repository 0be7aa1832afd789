import { parse } from '@bufbuild/cel';
import { utf8Length } from '../utf8-length.js';
import { type ExpressionType, FUNCTIONS, OPERATORS, comparable, isBool, resultOf } from './expression-type.js';
import { syntaxFault } from './syntax-fault.js';

/** What a condition may speak of. Each lookup gives a type, or says what is wrong. */
export interface Names {
  parameter(name: string): ExpressionType | Fault;
  /** Null: the step may be named. */
  step(name: string): Fault | null;
  output(step: string, name: string): ExpressionType | Fault;
}

export interface Fault {
  readonly fault: string;
}

const MAX_BYTES = 2_048;
const MAX_BRACKETS = 32;
const MAX_NODES = 200;
const MAX_MACRO_DEPTH = 2;

type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

/** A value whose members are known by name. */
type Known =
  | { readonly kind: 'params' }
  | { readonly kind: 'steps' }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'outputs'; readonly step: string };

interface Scope {
  readonly names: Names;
  readonly variables: ReadonlyMap<string, ExpressionType>;
  readonly macros: number;
  readonly count: { nodes: number };
}

class FaultError extends Error {}

/**
 * Type-checks a condition over its parsed tree. Null: it is sound, and gives true or false; else what is wrong with it.
 * Limits keep what it costs small: neither the library nor CEL has a budget of its own.
 */
export function checkExpression(source: string, names: Names): string | null {
  try {
    const limit = limitFault(source);
    if (limit !== null) return limit;
    const { expr } = parse(source);
    const type = typeOf(expr, { names, variables: new Map(), macros: 0, count: { nodes: 0 } });
    return isBool(type) ? null : `must be true or false, and is ${type}`;
  } catch (error) {
    // Syntax errors come as exceptions, and so does the end of the stack.
    return syntaxFault(error);
  }
}

/** Limits that spare the parser: its time grows with the square of open brackets. */
function limitFault(source: string): string | null {
  if (utf8Length(source) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  let depth = 0;
  for (const char of source) {
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth > MAX_BRACKETS) return `nests more than ${MAX_BRACKETS} brackets`;
  }
  return null;
}

function typeOf(expr: Expr, scope: Scope): ExpressionType {
  const known = knownOf(expr, scope);
  if (known !== null) return 'map';
  scope.count.nodes += 1;
  if (scope.count.nodes > MAX_NODES) throw new FaultError(`has more than ${MAX_NODES} parts`);
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return constantType(exprKind.value.constantKind.case);
    case 'identExpr': {
      const type = scope.variables.get(exprKind.value.name);
      if (type === undefined) throw new FaultError(`${exprKind.value.name} is not known; there are params and steps`);
      return type;
    }
    case 'selectExpr':
      return selectType(exprKind.value, scope);
    case 'callExpr':
      return callType(exprKind.value, scope);
    case 'listExpr':
      for (const element of exprKind.value.elements) typeOf(element, scope);
      return 'list';
    case 'structExpr':
      throw new FaultError('may not build a map or a message');
    case 'comprehensionExpr':
      return comprehensionType(exprKind.value, scope);
    case undefined:
      throw new FaultError('is empty');
  }
}

/** `params`, `steps`, `steps.x`, `steps["x-y"]`, `steps.x.outputs`: what has named members. */
function knownOf(expr: Expr, scope: Scope): Known | null {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') {
    const { name } = exprKind.value;
    if (scope.variables.has(name)) return null;
    return name === 'params' || name === 'steps' ? { kind: name } : null;
  }
  const member = memberOf(expr);
  if (member === null) return null;
  const owner = knownOf(member.operand, scope);
  if (owner?.kind === 'steps') {
    fail(scope.names.step(member.name));
    return { kind: 'step', step: member.name };
  }
  return owner?.kind === 'step' && member.name === 'outputs' ? { kind: 'outputs', step: owner.step } : null;
}

/** `a.name` or `a["name"]`. */
function memberOf(expr: Expr): { readonly operand: Expr; readonly name: string } | null {
  const { exprKind } = expr;
  if (exprKind.case === 'selectExpr') {
    const { operand, field } = exprKind.value;
    return operand === undefined ? null : { operand, name: field };
  }
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== '_[_]') return null;
  const [operand, index] = exprKind.value.args;
  if (operand === undefined || index?.exprKind.case !== 'constExpr') return null;
  const { constantKind } = index.exprKind.value;
  return constantKind.case === 'stringValue' ? { operand, name: constantKind.value } : null;
}

function selectType(select: Extract<Expr['exprKind'], { case: 'selectExpr' }>['value'], scope: Scope): ExpressionType {
  const { operand, field, testOnly } = select;
  if (operand === undefined) throw new FaultError('is empty');
  const type = memberType(operand, field, scope);
  return testOnly ? 'bool' : type;
}

function memberType(operand: Expr, name: string, scope: Scope): ExpressionType {
  const owner = knownOf(operand, scope);
  if (owner === null) {
    const type = typeOf(operand, scope);
    if (type !== 'dyn' && type !== 'map') throw new FaultError(`a ${type} has no member ${name}`);
    return 'dyn';
  }
  switch (owner.kind) {
    case 'params':
      return typed(scope.names.parameter(name));
    case 'outputs':
      return typed(scope.names.output(owner.step, name));
    case 'step':
      if (name === 'state') return 'string';
      throw new FaultError(`steps.${owner.step} has state and outputs, and no ${name}`);
    case 'steps':
      fail(scope.names.step(name));
      return 'map';
  }
}

function callType(call: Extract<Expr['exprKind'], { case: 'callExpr' }>['value'], scope: Scope): ExpressionType {
  const name = call.function;
  const args = [...(call.target === undefined ? [] : [call.target]), ...call.args];
  const [first, second, third] = args;
  if (name === '_[_]' && first !== undefined && second !== undefined) {
    const { exprKind } = second;
    const constant = exprKind.case === 'constExpr' ? exprKind.value.constantKind : null;
    if (constant?.case === 'stringValue') return memberType(first, constant.value, scope);
    if (knownOf(first, scope) !== null)
      throw new FaultError('a step, an output or a parameter must be named by a literal text');
    typeOf(second, scope);
    const type = typeOf(first, scope);
    if (type !== 'list' && type !== 'map' && type !== 'dyn') throw new FaultError(`a ${type} has no elements`);
    return 'dyn';
  }
  if (name === '_?_:_' && first !== undefined && second !== undefined && third !== undefined) {
    if (!isBool(typeOf(first, scope))) throw new FaultError('what stands before ? must be true or false');
    const [yes, no] = [typeOf(second, scope), typeOf(third, scope)];
    if (yes !== no && yes !== 'dyn' && no !== 'dyn')
      throw new FaultError(`? gives ${yes} or ${no}; both must be of one type`);
    return yes === no ? yes : 'dyn';
  }
  const types = args.map((arg) => typeOf(arg, scope));
  if (name === '_&&_' || name === '_||_') {
    const bad = types.find((type) => !isBool(type));
    if (bad !== undefined) throw new FaultError(`${shown(name)} joins true or false, not ${bad}`);
    return 'bool';
  }
  if (name === '_==_' || name === '_!=_') {
    const [a = 'dyn', b = 'dyn'] = types;
    if (!comparable(a, b))
      throw new FaultError(`${a} ${shown(name)} ${b} is never decided: they are of different types`);
    return 'bool';
  }
  return applied(name, types);
}

function applied(name: string, types: readonly ExpressionType[]): ExpressionType {
  if (name === '@not_strictly_false') return 'bool';
  const overloads = Object.hasOwn(OPERATORS, name)
    ? OPERATORS[name]
    : Object.hasOwn(FUNCTIONS, name)
      ? FUNCTIONS[name]
      : undefined;
  if (overloads === undefined)
    throw new FaultError(`there is no function ${name}; there are ${Object.keys(FUNCTIONS).join(', ')}`);
  const result = resultOf(overloads, types);
  if (result === null) throw new FaultError(`${shown(name)} does not take ${types.join(' and ')}`);
  return result;
}

function comprehensionType(
  loop: Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'],
  scope: Scope,
): ExpressionType {
  if (scope.macros >= MAX_MACRO_DEPTH)
    throw new FaultError(`nests more than ${MAX_MACRO_DEPTH} of all, exists, map, filter`);
  const { iterRange, accuInit, loopStep, result } = loop;
  if (iterRange === undefined || accuInit === undefined || loopStep === undefined || result === undefined)
    throw new FaultError('is empty');
  const range = typeOf(iterRange, scope);
  if (range !== 'list' && range !== 'map' && range !== 'dyn') throw new FaultError(`a ${range} has no elements`);
  const accumulator = typeOf(accuInit, scope);
  const variables = new Map(scope.variables).set(loop.iterVar, 'dyn').set(loop.accuVar, accumulator);
  if (loop.iterVar2 !== '') variables.set(loop.iterVar2, 'dyn');
  const inner = { ...scope, variables, macros: scope.macros + 1 };
  typeOf(loopStep, inner);
  return typeOf(result, inner);
}

function constantType(kind: string | undefined): ExpressionType {
  switch (kind) {
    case 'boolValue':
      return 'bool';
    case 'int64Value':
    case 'uint64Value':
      return 'int';
    case 'doubleValue':
      return 'double';
    case 'stringValue':
      return 'string';
    case 'bytesValue':
      return 'bytes';
    case 'nullValue':
      return 'null';
    default:
      return 'dyn';
  }
}

function typed(found: ExpressionType | Fault): ExpressionType {
  if (typeof found === 'object') throw new FaultError(found.fault);
  return found;
}

function fail(fault: Fault | null): void {
  if (fault !== null) throw new FaultError(fault.fault);
}

/** An operator as it is written. */
function shown(name: string): string {
  return name.replaceAll('_', '').replace('@', '');
}
