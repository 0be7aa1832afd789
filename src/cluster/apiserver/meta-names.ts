/** Rules for names, labels and annotations, in the words of apimachinery/pkg/util/validation. Each answers its faults. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const IS_LABEL = whole(LABEL);
const IS_SUBDOMAIN = whole(SUBDOMAIN);
const IS_QUALIFIED = whole(QUALIFIED);
const IS_LABEL_VALUE = whole(LABEL_VALUE);

function regexFault(what: string, examples: readonly string[], pattern: string): string {
  const shown = examples.map((example) => `'${example}'`).join(',  or ');
  return `${what} (e.g. ${shown}, regex used for validation is '${pattern}')`;
}

const tooLong = (max: number): string => `must be no more than ${max} bytes`;

export function subdomainFaults(value: string): readonly string[] {
  const what =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [
    ...(value.length > 253 ? [tooLong(253)] : []),
    ...(IS_SUBDOMAIN.test(value) ? [] : [regexFault(what, ['example.com'], SUBDOMAIN)]),
  ];
}

export function labelFaults(value: string): readonly string[] {
  const what =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(IS_LABEL.test(value) ? [] : [regexFault(what, ['my-name', '123-abc'], LABEL)]),
  ];
}

/** Names that need only be safe in a URL (RBAC). */
export function pathFaults(value: string): readonly string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((sign) => value.includes(sign)).map((sign) => `may not contain '${sign}'`);
}

export function labelValueFaults(value: string): readonly string[] {
  const what =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(IS_LABEL_VALUE.test(value) ? [] : [regexFault(what, ['MyValue', 'my_value', '12345'], LABEL_VALUE)]),
  ];
}

/**
 * `prefix/name`, the prefix optional: keys of labels and annotations, finalizers. The real server calls all of them label
 * keys (apimachinery/pkg/api/validate/content IsLabelKey).
 */
export function qualifiedNameFaults(value: string): readonly string[] {
  const what =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const parts = value.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2)
    return [
      regexFault(
        "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        ['MyName', 'my.name', '123-abc'],
        QUALIFIED,
      ) + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  const name = second ?? first;
  const faults: string[] = [];
  if (second !== undefined && first === '') faults.push('prefix part must be non-empty');
  else if (second !== undefined) faults.push(...subdomainFaults(first).map((fault) => `prefix part ${fault}`));
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > 63) faults.push(`name part ${tooLong(63)}`);
  if (!IS_QUALIFIED.test(name)) faults.push(regexFault(what, ['MyName', 'my.name', '123-abc'], QUALIFIED));
  return faults;
}
