/**
 * The paths of members that stand twice in one object of a JSON text (`spec.steps[0].name`), once each, in the order in
 * which the second one is met. The text must be valid JSON: JSON.parse keeps the last and tells nothing.
 */
export function duplicateFields(text: string): readonly string[] {
  const duplicates = new Set<string>();
  const frames: Frame[] = [];
  for (let i = 0; i < text.length; i += 1) {
    switch (text[i]) {
      case '{':
        frames.push({ seen: new Set(), at: undefined, index: 0 });
        break;
      case '[':
        frames.push({ seen: undefined, at: undefined, index: 0 });
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      case ',': {
        const frame = frames.at(-1);
        if (frame === undefined) break;
        frame.at = undefined;
        frame.index += 1;
        break;
      }
      case '"': {
        const end = endOfString(text, i);
        const frame = frames.at(-1);
        if (frame?.seen !== undefined && frame.at === undefined) {
          frame.at = text.slice(i + 1, end);
          if (frame.seen.has(frame.at)) duplicates.add(pathOf(frames));
          frame.seen.add(frame.at);
        }
        i = end;
        break;
      }
      default:
    }
  }
  return [...duplicates];
}

interface Frame {
  /** Names met in this object; undefined for an array. */
  readonly seen: Set<string> | undefined;
  /** The member that is being read. */
  at: string | undefined;
  index: number;
}

function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}

function pathOf(frames: readonly Frame[]): string {
  let path = '';
  for (const { seen, at, index } of frames)
    path += seen === undefined ? `[${index}]` : `${path === '' ? '' : '.'}${at ?? ''}`;
  return path;
}
