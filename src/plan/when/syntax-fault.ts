/** What the CEL parser's exception says, for people: `at character 10: found = but expecting end of input`. */
export function syntaxFault(error: unknown): string {
  if (error instanceof RangeError) return 'is nested too deeply';
  const message = error instanceof Error ? error.message : String(error);
  const [, column, fault] = /^<input>:\d+:(\d+): (.*)$/s.exec(message) ?? [];
  const text = column === undefined ? message : `at character ${column}: ${fault ?? ''}`;
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
