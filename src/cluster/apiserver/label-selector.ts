import { badRequestError } from './errors.js';
import { labelValueFaults, qualifiedNameFaults } from './meta-names.js';

/** Decides over an object's labels. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

type Requirement = LabelSelector;

const IDENTIFIER = /^[^\s!=<>,()]+/;

/**
 * Parses a label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2` (apimachinery labels.Parse). Throws 400 with
 * the real parser's words where it is none.
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.trim() === '') return () => true;
  const scanner = new Scanner(text);
  const requirements: Requirement[] = [];
  requirements.push(readRequirement(scanner));
  while (scanner.take(',')) {
    if (!scanner.startsRequirement())
      throw badRequestError(`found '${scanner.peek()}', expected: identifier after ','`);
    requirements.push(readRequirement(scanner));
  }
  if (!scanner.done()) throw badRequestError(`found '${scanner.peek()}', expected: ',' or 'end of string'`);
  return (labels) => requirements.every((requirement) => requirement(labels));
}

class Scanner {
  #rest: string;

  constructor(text: string) {
    this.#rest = text.trimStart();
  }

  done(): boolean {
    return this.#rest === '';
  }

  /** The next token, for messages. */
  peek(): string {
    return IDENTIFIER.exec(this.#rest)?.[0] ?? this.#rest.slice(0, 1);
  }

  startsRequirement(): boolean {
    return this.#rest.startsWith('!') || IDENTIFIER.test(this.#rest);
  }

  take(symbol: string): boolean {
    if (!this.#rest.startsWith(symbol)) return false;
    this.#rest = this.#rest.slice(symbol.length).trimStart();
    return true;
  }

  identifier(): string {
    const found = IDENTIFIER.exec(this.#rest)?.[0] ?? '';
    this.#rest = this.#rest.slice(found.length).trimStart();
    return found;
  }
}

function readRequirement(scanner: Scanner): Requirement {
  const negated = scanner.take('!');
  const key = scanner.identifier();
  if (key === '') throw badRequestError(`found '${scanner.peek()}', expected: !, identifier, or 'end of string'`);
  refuseFaults('<nil>', key, qualifiedNameFaults(key));
  if (negated) return (labels) => labels[key] === undefined;
  if (scanner.done() || scanner.peek() === ',') return (labels) => labels[key] !== undefined;
  if (scanner.take('==') || scanner.take('=')) return equals(key, scanner.identifier());
  if (scanner.take('!=')) return not(equals(key, scanner.identifier()));
  if (scanner.take('>')) return compared(key, scanner.identifier(), (value, bound) => value > bound);
  if (scanner.take('<')) return compared(key, scanner.identifier(), (value, bound) => value < bound);
  const operator = scanner.identifier();
  if (operator === 'in') return oneOf(key, readValues(scanner));
  if (operator === 'notin') return not(oneOf(key, readValues(scanner)));
  throw parseError(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
}

function readValues(scanner: Scanner): readonly string[] {
  if (!scanner.take('(')) throw parseError(`found '${scanner.peek()}' expected: '('`);
  const values: string[] = [];
  do values.push(scanner.identifier());
  while (scanner.take(','));
  if (!scanner.take(')')) throw parseError(`found '${scanner.peek()}', expected: ',' or ')'`);
  return values;
}

function equals(key: string, value: string): Requirement {
  refuseFaults(`values[0][${key}]`, value, labelValueFaults(value));
  return (labels) => labels[key] === value;
}

function oneOf(key: string, values: readonly string[]): Requirement {
  // Go looks at them in their order as a set.
  for (const [index, value] of [...new Set(values)].sort().entries())
    refuseFaults(`values[${index}][${key}]`, value, labelValueFaults(value));
  return (labels) => {
    const value = labels[key];
    return value !== undefined && values.includes(value);
  };
}

/** An absent label fulfils every negated requirement. */
const not =
  (requirement: Requirement): Requirement =>
  (labels) =>
    !requirement(labels);

function compared(key: string, bound: string, holds: (value: number, bound: number) => boolean): Requirement {
  if (!/^-?\d+$/.test(bound))
    refuseFaults('values[0]', bound, ["for 'Gt', 'Lt' operators, the value must be an integer"]);
  return (labels) => {
    const value = labels[key];
    return value !== undefined && /^-?\d+$/.test(value) && holds(Number(value), Number(bound));
  };
}

function refuseFaults(path: string, value: string, faults: readonly string[]): void {
  if (faults.length > 0) throw parseError(`${path}: Invalid value: ${JSON.stringify(value)}: ${faults.join('; ')}`);
}

function parseError(why: string): Error {
  return badRequestError(`unable to parse requirement: ${why}`);
}
