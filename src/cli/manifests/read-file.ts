import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { readYaml, type SourcePosition } from '../../plan/lint/yaml-source.js';

/** Text of a file, or of stdin for `-`. @throws CliError where it cannot be read */
export function readText(path: string): string {
  const bytes = readBytes(path);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new CliError(`${path} is UTF-16; save it as UTF-8`, { exitCode: EXIT.usage });
  return bytes.toString('utf8');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${causeOf(error)}`, { exitCode: EXIT.usage, cause: error });
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory';
    case 'EACCES':
      return 'you may not read it';
    default:
      return error.message;
  }
}

/** Objects of a YAML text, one per document; empty documents are left out. @throws CliError for what is no YAML */
export function parseManifests(text: string, path: string): readonly JsonObject[] {
  return readYaml(text).flatMap((document) => {
    const { value } = document;
    const [fault] = document.faults;
    if (fault !== undefined) throw faultIn(path, fault, fault.message.split('\n')[0] ?? '');
    if (value === null) return [];
    if (!isJsonObject(value))
      throw faultIn(path, document.positionOf([]), 'must be a Kubernetes object, with apiVersion and kind');
    return [value];
  });
}

function faultIn(path: string, { line, column }: SourcePosition, message: string): CliError {
  return new CliError(`${path}:${line}:${column}: ${message}`, { exitCode: EXIT.usage });
}
