/** A part of a text: as it stands, or something to be put in. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter'; readonly source: string; readonly name: string }
  | { readonly kind: 'output'; readonly source: string; readonly task: string; readonly name: string }
  | { readonly kind: 'unknown'; readonly source: string };

/** A part that names a value. */
export type Reference = Exclude<TextPart, { readonly kind: 'text' }>;

/**
 * Splits a text at its references: `${params.NAME}`, `${steps.STEP.outputs.NAME}`. `$${` stands for a literal `${`.
 * Any other `${…}` is for the program that will read the text (a shell's `${HOME}`), unless it begins with `params.` or
 * `steps.` and says neither of the two: that is unknown, so that a slip is not passed on to a shell.
 */
export function parseText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let literal = '';
  let at = 0;
  const flush = (): void => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
  };
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      literal += '${';
      at += 3;
      continue;
    }
    const close = text.startsWith('${', at) ? text.indexOf('}', at) : -1;
    const reference = close < 0 ? null : parseReference(text.slice(at, close + 1));
    if (reference === null) {
      literal += text.charAt(at);
      at += 1;
      continue;
    }
    flush();
    parts.push(reference);
    at = close + 1;
  }
  flush();
  return parts;
}

function parseReference(source: string): TextPart | null {
  const inner = source.slice(2, -1);
  const [, parameter] = /^params\.([a-zA-Z_][a-zA-Z0-9_]*)$/.exec(inner) ?? [];
  if (parameter !== undefined) return { kind: 'parameter', source, name: parameter };
  const [, task, output] = /^steps\.([a-z0-9][-a-z0-9]*)\.outputs\.([a-zA-Z_][a-zA-Z0-9_]*)$/.exec(inner) ?? [];
  if (task !== undefined && output !== undefined) return { kind: 'output', source, task, name: output };
  return /^(params|steps)\b/.test(inner) ? { kind: 'unknown', source } : null;
}
