/** A fault in what somebody wrote: where (a field path such as `spec.steps[1].when`), and what to do about it. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** A value, or everything that is wrong with what it should have been made of. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly FieldProblem[] };
