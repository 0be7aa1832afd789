import type { parse } from '@bufbuild/cel';

/** A parsed expression with the offsets of its parts. */
export type ParsedExpression = ReturnType<typeof parse>;
export type Expression = ParsedExpression['expr'];
