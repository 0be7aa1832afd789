import type { Expression } from './expression.js';
import { ruleEnvironment } from './environment.js';
import { BOOL, DYN, mayBe, shapeName, shapeOfType, type Shape } from './shape.js';

/** Where faults are told. */
export interface FaultReport {
  fault(text: string, offset: number): Shape;
  /** Where an operator stands; `name` as in the parsed expression: `_==_`. */
  operatorOf(expression: Expression, name: string): number;
  /** Where a call's parenthesis is: cel-go tells faults of calls there. */
  parenthesisOf(expression: Expression, name: string): number;
}

export interface Call {
  readonly checker: FaultReport;
  readonly expression: Expression;
  /** Of `x.f()`, the shape of x. */
  readonly receiver: Shape | undefined;
  readonly args: readonly Shape[];
}

const equalities: ReadonlySet<string> = new Set(['_==_', '_!=_']);
const orders: ReadonlySet<string> = new Set(['_<_', '_<=_', '_>_', '_>=_']);
const numbers: ReadonlySet<string> = new Set(['int', 'uint', 'double']);
/** What the two sides of an arithmetic operator may be, and what comes out, where they are not both of one number type. */
const mixed: Readonly<Record<string, string>> = {
  'timestamp+duration': 'timestamp',
  'duration+timestamp': 'timestamp',
  'duration+duration': 'duration',
  'timestamp-timestamp': 'duration',
  'timestamp-duration': 'timestamp',
  'duration-duration': 'duration',
  'string+string': 'string',
  'bytes+bytes': 'bytes',
};

/** The shape of a call's result; faults are told to the checker, in cel-go's words. */
export function callShape(name: string, call: Call): Shape {
  const [first = DYN, second = DYN, third = DYN] = call.args;
  if (equalities.has(name))
    return mayBe(first, second) ? BOOL : noOverload(name, call, call.checker.operatorOf(call.expression, name));
  if (orders.has(name))
    return isOrdered(first, second) ? BOOL : noOverload(name, call, call.checker.operatorOf(call.expression, name));
  switch (name) {
    case '_&&_':
    case '_||_':
    case '!_':
      return call.args.every((shape) => mayBe(shape, BOOL))
        ? BOOL
        : noOverload(name, call, call.checker.operatorOf(call.expression, name));
    case '@in':
    case '_in_':
    case '@not_strictly_false':
      return BOOL;
    case '-_':
      return first;
    case '_[_]':
      return first.kind === 'list' ? first.item : first.kind === 'map' ? first.value : DYN;
    case '_?_:_':
      return second.kind === 'dyn' ? third : second;
    case '_+_':
    case '_-_':
    case '_*_':
    case '_/_':
    case '_%_':
      return arithmetic(name, call);
    default:
      return functionShape(name, call);
  }
}

function arithmetic(name: string, call: Call): Shape {
  const [a = DYN, b = DYN] = call.args;
  if (a.kind === 'dyn') return b.kind === 'list' ? b : DYN;
  if (b.kind === 'dyn') return a.kind === 'list' ? a : DYN;
  if (a.kind === 'list' && b.kind === 'list') {
    const item = a.item.kind === 'dyn' ? b.item : a.item;
    return name === '_+_'
      ? { kind: 'list', item }
      : noOverload(name, call, call.checker.operatorOf(call.expression, name));
  }
  if (a.kind === 'scalar' && b.kind === 'scalar') {
    if (a.name === b.name && numbers.has(a.name)) return a;
    const result = mixed[`${a.name}${name.charAt(1)}${b.name}`];
    if (result !== undefined) return { kind: 'scalar', name: result };
  }
  return noOverload(name, call, call.checker.operatorOf(call.expression, name));
}

function isOrdered(a: Shape, b: Shape): boolean {
  if (a.kind === 'scalar' && b.kind === 'scalar' && numbers.has(a.name) && numbers.has(b.name)) return true;
  return mayBe(a, b);
}

/** Results that depend on what the list holds. */
const itemMethods: ReadonlySet<string> = new Set(['min', 'max', 'sum']);
const summable: ReadonlySet<string> = new Set([...numbers, 'duration', 'dyn']);

function functionShape(name: string, call: Call): Shape {
  const group = ruleEnvironment.funcs.find(name);
  const at = call.checker.parenthesisOf(call.expression, name);
  if (group === undefined) return call.checker.fault(`undeclared reference to '${name}' (in container '')`, at);
  const { receiver, args } = call;
  if (receiver?.kind === 'list' && itemMethods.has(name)) {
    if (name === 'sum' && !summable.has(shapeName(receiver.item) ?? 'dyn')) return noOverload(name, call, at);
    return receiver.item;
  }
  const fitting = [...group].filter((candidate) => {
    if ((candidate.target === undefined) !== (receiver === undefined)) return false;
    if (candidate.target !== undefined && receiver !== undefined && !fits(receiver, shapeOfType(candidate.target))) {
      return false;
    }
    const wanted = candidate.arguments.map(shapeOfType);
    return wanted.length === args.length && wanted.every((shape, index) => fits(args[index] ?? DYN, shape));
  });
  const [only, ...others] = fitting.map((candidate) => shapeOfType(candidate.result));
  if (only === undefined) return noOverload(name, call, at);
  return others.every((shape) => shapeName(shape) === shapeName(only)) ? only : DYN;
}

/** A function's maps and objects are opaque values (quantities, URLs) or anything at all. */
function fits(actual: Shape, wanted: Shape): boolean {
  if (actual.kind === 'object') return wanted.kind !== 'scalar' && wanted.kind !== 'list';
  return mayBe(actual, wanted);
}

/** `found no matching overload for '_+_' applied to '(int, double)'`. */
function noOverload(name: string, call: Call, offset: number): Shape {
  const names = call.args.map((shape) => shapeName(shape) ?? 'dyn').join(', ');
  const receiver = call.receiver === undefined ? '' : `${shapeName(call.receiver) ?? 'dyn'}.`;
  const why = `found no matching overload for '${name}' applied to '${receiver}(${names})'`;
  return call.checker.fault(why, offset);
}
