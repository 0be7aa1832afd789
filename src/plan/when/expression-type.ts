/** The static types that a condition can have; `dyn` where nothing is known. */
export type ExpressionType =
  'bool' | 'int' | 'double' | 'string' | 'bytes' | 'null' | 'list' | 'map' | 'timestamp' | 'duration' | 'dyn';

const NUMBERS: ReadonlySet<ExpressionType> = new Set(['int', 'double']);

/** Whether two values can be compared: of one type, both numbers, or not known. */
export function comparable(a: ExpressionType, b: ExpressionType): boolean {
  return a === b || a === 'dyn' || b === 'dyn' || (NUMBERS.has(a) && NUMBERS.has(b));
}

export function isBool(type: ExpressionType): boolean {
  return type === 'bool' || type === 'dyn';
}

interface Overload {
  /** Of the arguments; of a method, its target first. */
  readonly takes: readonly ExpressionType[];
  readonly gives: ExpressionType;
}

const text = (gives: ExpressionType, ...rest: ExpressionType[]): Overload => ({ takes: ['string', ...rest], gives });
const all = (gives: ExpressionType, ...types: ExpressionType[]): readonly Overload[] =>
  types.map((type) => ({ takes: [type], gives }));

/** The functions of CEL's standard definitions that have a meaning in a condition (cel-spec, `langdef.md`). */
export const FUNCTIONS: Readonly<Record<string, readonly Overload[]>> = {
  size: all('int', 'string', 'bytes', 'list', 'map'),
  int: all('int', 'int', 'double', 'string', 'timestamp'),
  double: all('double', 'int', 'double', 'string'),
  string: all('string', 'int', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration'),
  bool: all('bool', 'bool', 'string'),
  duration: all('duration', 'string', 'duration'),
  timestamp: all('timestamp', 'string', 'timestamp', 'int'),
  dyn: [{ takes: ['dyn'], gives: 'dyn' }],
  contains: [text('bool', 'string')],
  startsWith: [text('bool', 'string')],
  endsWith: [text('bool', 'string')],
  matches: [text('bool', 'string')],
};

const ARITHMETIC: readonly Overload[] = [
  { takes: ['int', 'int'], gives: 'int' },
  { takes: ['double', 'double'], gives: 'double' },
];
const ORDERED: readonly ExpressionType[] = ['int', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration'];
const ORDER: readonly Overload[] = ORDERED.map((type) => ({
  takes: [type, type],
  gives: 'bool',
}));
const MIXED_ORDER: readonly Overload[] = [
  ...ORDER,
  { takes: ['int', 'double'], gives: 'bool' },
  { takes: ['double', 'int'], gives: 'bool' },
];

/** Operators, by the names that the parser gives them. */
export const OPERATORS: Readonly<Record<string, readonly Overload[]>> = {
  '_+_': [
    ...ARITHMETIC,
    text('string', 'string'),
    { takes: ['list', 'list'], gives: 'list' },
    { takes: ['duration', 'duration'], gives: 'duration' },
  ],
  '_-_': [...ARITHMETIC, { takes: ['duration', 'duration'], gives: 'duration' }],
  '_*_': ARITHMETIC,
  '_/_': ARITHMETIC,
  '_%_': [{ takes: ['int', 'int'], gives: 'int' }],
  '-_': [
    { takes: ['int'], gives: 'int' },
    { takes: ['double'], gives: 'double' },
  ],
  '_<_': MIXED_ORDER,
  '_<=_': MIXED_ORDER,
  '_>_': MIXED_ORDER,
  '_>=_': MIXED_ORDER,
  '!_': [{ takes: ['bool'], gives: 'bool' }],
  '@in': [
    { takes: ['dyn', 'list'], gives: 'bool' },
    { takes: ['string', 'map'], gives: 'bool' },
    { takes: ['int', 'map'], gives: 'bool' },
    { takes: ['bool', 'map'], gives: 'bool' },
  ],
};

/** What an application gives, or null where no overload takes these arguments. */
export function resultOf(overloads: readonly Overload[], given: readonly ExpressionType[]): ExpressionType | null {
  const fitting = overloads.filter(
    ({ takes }) =>
      takes.length === given.length &&
      takes.every((type, index) => type === 'dyn' || given[index] === 'dyn' || given[index] === type),
  );
  const [first] = fitting;
  if (first === undefined) return null;
  return fitting.every((overload) => overload.gives === first.gives) ? first.gives : 'dyn';
}
