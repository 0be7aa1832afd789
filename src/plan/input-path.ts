import { at, join } from './field-path.js';

/** Step fields whose value is a text, which stands for the only member of the executor's input. */
const TEXT_FIELDS: ReadonlyMap<string, string> = new Map([['delay', 'duration']]);

/** The member of an executor's input that its step field stands for, or null where the field holds the input itself. */
export function textMember(executor: string): string | null {
  return TEXT_FIELDS.get(executor) ?? null;
}

/** The path in the spec of a field of a step's input. */
export function inputPath(step: { readonly path: string; readonly executor: string }, relative: string): string {
  const field = at(step.path, step.executor);
  return textMember(step.executor) === null ? join(field, relative) : field;
}
