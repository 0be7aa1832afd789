import { readFileSync } from 'node:fs';
import { type Document, parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/** Text of a file, or of stdin for `-`. @throws CliError where it cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}

/** Objects of a YAML text, one per document; empty documents are left out. @throws CliError for what is no YAML */
export function parseManifests(text: string, path: string): readonly JsonObject[] {
  const documents: readonly Document[] = [...parseAllDocuments(text)].filter(
    (item): item is Document.Parsed => 'contents' in item,
  );
  return documents.flatMap((document) => {
    const [fault] = document.errors;
    if (fault !== undefined) {
      const [start] = fault.linePos ?? [];
      throw new CliError(
        `${path}${start === undefined ? '' : `:${start.line}:${start.col}`}: ${fault.message.split('\n')[0] ?? ''}`,
        { exitCode: EXIT.usage },
      );
    }
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    if (!isJsonObject(value)) throw new CliError(`${path}: a document is no object`, { exitCode: EXIT.usage });
    return [value];
  });
}
