import { type Json, type JsonObject, isJsonObject } from '../../api/json.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/** Puts `-p name=value` into a manifest: the parameter must be declared there. @throws CliError */
export function withParameters(manifest: JsonObject, given: readonly string[]): JsonObject {
  if (given.length === 0) return manifest;
  const spec = isJsonObject(manifest['spec']) ? manifest['spec'] : {};
  const declared: readonly Json[] = Array.isArray(spec['parameters']) ? spec['parameters'] : [];
  const values = new Map(given.map((text) => parseParameter(text)));
  const names = declared.flatMap((item) =>
    isJsonObject(item) && typeof item['name'] === 'string' ? [item['name']] : [],
  );
  for (const name of values.keys()) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? 'the workflow declares none' : `there are ${names.join(', ')}`;
      throw new CliError(`-p ${name}: the workflow has no parameter ${name}; ${known}`, { exitCode: EXIT.usage });
    }
  }
  const parameters = declared.map((item) => {
    const value = isJsonObject(item) && typeof item['name'] === 'string' ? values.get(item['name']) : undefined;
    return isJsonObject(item) && value !== undefined ? { ...item, value } : item;
  });
  return { ...manifest, spec: { ...spec, parameters } };
}

function parseParameter(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new CliError(`-p ${text}: write -p name=value`, { exitCode: EXIT.usage });
  return [text.slice(0, at), text.slice(at + 1)];
}
