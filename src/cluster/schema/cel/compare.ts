import { celEnv, isCelError, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';

/**
 * CEL's own comparison and equality, for functions that need them: planned once, since the library exports neither.
 */
const environment = celEnv();
const lessThan = plan(environment, parse('a < b'));
const equals = plan(environment, parse('a == b'));

function truth(result: CelResult): boolean {
  if (isCelError(result)) throw new Error(result.message);
  return result === true;
}

/** Negative, zero or positive; throws where CEL has no order for the two. */
export function compareCel(a: CelInput, b: CelInput): number {
  if (truth(lessThan({ a, b }))) return -1;
  return truth(equals({ a, b })) ? 0 : 1;
}

export function equalCel(a: CelInput, b: CelInput): boolean {
  return truth(equals({ a, b }));
}
