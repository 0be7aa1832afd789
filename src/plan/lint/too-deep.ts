/**
 * Deeper than any document that a person writes, and far less than what makes the YAML library, which recurses, use up the
 * stack: at its end V8 may abort the process, which nothing catches.
 */
const MAX_DEPTH = 500;

/** Offset of the place where a YAML text is nested too deeply to be read, or null. Brackets in strings count too. */
export function tooDeepAt(text: string): number | null {
  let depth = 0;
  let dashes = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const letter = text[offset];
    if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1);
    // `- - - x` is a list in a list in a list.
    if (letter === '-' || letter === '?') dashes += 1;
    else if (letter !== ' ') dashes = 0;
    if (depth > MAX_DEPTH || dashes > MAX_DEPTH) return offset;
  }
  return null;
}
