import shapes from './kind-shapes.json' with { type: 'json' };

/**
 * The Go structs of built-in kinds, as the OpenAPI document of kube-apiserver 1.35 describes them: field → type.
 * A type is a struct's name, `string`, `bool`, `int32`, `int64`, `float64`, `bytes`, `quantity`, `intOrString`, `time`,
 * `microTime` or `any`, followed by `[]` for a list and `{}` for a map.
 */
const table: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(shapes).map(([name, fields]) => [name, new Map(Object.entries(fields))]),
);

/** The fields of a struct; undefined where there is no such struct. */
export function structFields(name: string): ReadonlyMap<string, string> | undefined {
  return table.get(name);
}

/** The names of all structs. */
export function structNames(): readonly string[] {
  return [...table.keys()];
}
