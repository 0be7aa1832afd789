/** Words that CEL reserves; a property with such a name is written `__name__` in a rule. */
const reserved: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var ' +
    'void while'
  ).split(' '),
);
const escapes: Readonly<Record<string, string>> = { '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/**
 * The name of a property as rules spell it, or undefined where they cannot (k8s.io/apiserver/pkg/cel/escaping.go):
 * `__` becomes `__underscores__`, `.` `__dot__`, `-` `__dash__`, `/` `__slash__`, and reserved words are wrapped.
 */
export function celPropertyName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replaceAll('__', '__underscores__').replace(/[./-]/g, (sign) => escapes[sign] ?? sign);
}
