/** Names in a sentence; of many only the first ones, since nobody reads a hundred at night. */
export function listNames(names: readonly string[], max = 5): string {
  return names.length > max + 1 ? `${names.slice(0, max).join(', ')} and ${names.length - max} more` : names.join(', ');
}
