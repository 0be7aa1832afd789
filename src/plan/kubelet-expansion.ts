/** A piece of a text: written by the author of the step, or a value that was put in. */
export interface TextPiece {
  readonly text: string;
  readonly from: 'author' | 'value';
}

/**
 * Joins pieces so that the kubelet makes of them what was meant. It expands `$(NAME)` in env values, args and commands,
 * and takes `$$` for `$` (third_party/forked/golang/expansion/expand.go in Kubernetes). What the author wrote keeps that
 * meaning; a value arrives byte for byte, and neither expands anything nor takes part in a name: a `$(` of the author
 * whose name would hold a piece of a value is text.
 */
export function joinForKubelet(pieces: readonly TextPiece[]): string {
  const text = pieces.map((piece) => piece.text).join('');
  if (!pieces.some((piece) => piece.from === 'value')) return text;
  const isValue = pieces.flatMap((piece) => Array.from({ length: piece.text.length }, () => piece.from === 'value'));
  let joined = '';
  let cursor = 0;
  while (cursor < text.length) {
    const token = readToken(text, cursor, { isValue });
    const source = text.slice(cursor, cursor + token.length);
    joined += token.literally ? source.replaceAll('$', '$$$$') : source;
    cursor += token.length;
  }
  return joined;
}

interface Token {
  readonly length: number;
  /** Every `$` in it must come out of the kubelet as it is. */
  readonly literally: boolean;
}

/** What the kubelet would read at a position, and whether it may. */
function readToken(text: string, at: number, { isValue }: { readonly isValue: readonly boolean[] }): Token {
  if (text[at] !== '$') return { length: 1, literally: false };
  const next = text[at + 1];
  if (isValue[at] === true || isValue[at + 1] === true) return { length: 1, literally: true };
  if (next !== '(') return { length: 2, literally: false };
  const end = text.indexOf(')', at);
  if (end < 0) return { length: 2, literally: false };
  return { length: end + 1 - at, literally: isValue.slice(at, end + 1).includes(true) };
}
