import { propertyNode, type SchemaNode } from '../schema-node.js';

/**
 * Reads a rule's fieldPath (`.spec.steps`, `.labels['a']`) against the schema: what is appended to the path of the value
 * in an error, or null where it leads nowhere.
 */
export function fieldPathOf(written: string, node: SchemaNode): string | null {
  let rest = written;
  let path = '';
  let at = node;
  while (rest !== '') {
    const match: RegExpExecArray | null = /^(?:\.([A-Za-z_][\w-]*)|\['([^']*)'\])/.exec(rest);
    if (match === null) return null;
    const [step, name, key] = match;
    const property: SchemaNode | undefined = propertyNode(at, name ?? key ?? '');
    if (property === undefined) return null;
    path += name === undefined && !at.properties.has(key ?? '') ? `[${key ?? ''}]` : `.${name ?? key ?? ''}`;
    at = property;
    rest = rest.slice(step.length);
  }
  return path;
}
