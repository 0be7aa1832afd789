/** A text of the product that is replaced. It must stand in the file exactly once. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A way in which the product could be wrong, and which the enumeration must find. */
export interface Defect {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Where it is looked for, in this order, until a point fails. */
  readonly scenarios: readonly string[];
}

/** The patched text of a file. @throws Error where what is to be replaced does not stand there exactly once */
export function patched(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(
      `the text that a defect replaces stands ${parts.length - 1} times in ${file}, and should once: ${find}`,
    );
  return parts.join(replace);
}
