import { stringify } from 'yaml';

/** An object as YAML, as kubectl prints it: no aliases, no folding. */
export function toYaml(value: object): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
}
