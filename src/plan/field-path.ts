/** A field of a document, from its root: keys of objects and indexes of lists. */
export type FieldPath = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** The path one step further down: `at('spec.steps', 2)` is `spec.steps[2]`; a key such as `a/b` is `["a/b"]`. */
export function at(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Two paths put together: the second is relative to the first. */
export function join(path: string, relative: string): string {
  if (path === '' || relative === '') return path + relative;
  return relative.startsWith('[') ? path + relative : `${path}.${relative}`;
}

/** The text of a path, as it stands in every FieldProblem. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, key) => at(text, key), '');
}

/** The path that a text names, or null where it is none; the inverse of formatPath. */
export function parsePath(text: string): FieldPath | null {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== '') {
    const [token, quoted, index, key] =
      /^(?:\[("(?:[^"\\]|\\.)*")\]|\[([0-9]+)\]|\.?([A-Za-z_$][A-Za-z0-9_$-]*))/.exec(rest) ?? [];
    if (token === undefined) return null;
    if (quoted !== undefined) path.push(String(JSON.parse(quoted)));
    else path.push(index === undefined ? (key ?? '') : Number(index));
    rest = rest.slice(token.length);
  }
  return path;
}
