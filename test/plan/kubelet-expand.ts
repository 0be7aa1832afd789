/**
 * What the kubelet makes of an env value, an argument or a command element: a transcription of the behaviour of
 * third_party/forked/golang/expansion/expand.go, for properties of what we hand to it.
 */
export function kubeletExpand(input: string, variables: ReadonlyMap<string, string>): string {
  let output = '';
  let cursor = 0;
  while (cursor < input.length) {
    const char = input.charAt(cursor);
    const next = input.charAt(cursor + 1);
    const end = input.indexOf(')', cursor);
    if (char !== '$' || next === '') {
      output += char;
      cursor += 1;
    } else if (next === '$') {
      output += '$';
      cursor += 2;
    } else if (next === '(' && end >= 0) {
      const name = input.slice(cursor + 2, end);
      output += variables.get(name) ?? `$(${name})`;
      cursor = end + 1;
    } else {
      output += char + next;
      cursor += 2;
    }
  }
  return output;
}
