import { CRD_MANIFESTS } from '../../api/generated/crd-manifests.js';
import { isJsonObject, type JsonObject } from '../../api/json.js';
import { groupOf, lintText, type LintProblem } from '../../plan/lint/lint-text.js';
import { readYaml, type SourcePosition, type YamlDocument } from '../../plan/lint/yaml-source.js';
import { parsePath } from '../../plan/field-path.js';
import { TRANSLATORS } from '../kinds.js';

/** A fault of a file, as `lint -o json` prints it; line and column count from 1. */
export interface FileFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Of the field in its document; empty for a fault of the syntax. */
  readonly path: string;
  readonly message: string;
}

/** `FILE:LINE:COLUMN: path: message`, which editors and CI systems know how to follow. */
export function textOfFault({ file, line, column, path, message }: FileFault): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** The faults of a file as it stands. */
export function lintFile(text: string, file: string): readonly FileFault[] {
  return linted(text).map((problem) => faultOf(problem, file));
}

/**
 * The faults of the objects that were made of a file's documents by setting parameters: they are checked as they will
 * be sent, and told with the place in the file that they come from.
 */
export function lintChanged(text: string, file: string, objects: readonly JsonObject[]): readonly FileFault[] {
  const documents = readYaml(text).filter((document) => document.value !== null);
  const asWritten = linted(text);
  return objects.flatMap((object, index) =>
    linted(JSON.stringify(object)).map((problem) =>
      faultOf({ ...problem, ...placeOf(problem, documents[index], asWritten) }, file),
    ),
  );
}

/** Whether a file has anything that is checked for more than its syntax. */
export function hasOurs(text: string): boolean {
  return readYaml(text).some(({ value, faults }) => {
    const apiVersion = isJsonObject(value) ? value['apiVersion'] : undefined;
    return faults.length > 0 || (typeof apiVersion === 'string' && GROUPS.has(groupOf(apiVersion)));
  });
}

const GROUPS: ReadonlySet<string> = new Set(TRANSLATORS.map(({ apiVersion }) => groupOf(apiVersion)));

function placeOf(
  { path, message }: LintProblem,
  document: YamlDocument | undefined,
  asWritten: readonly LintProblem[],
): SourcePosition {
  const same = asWritten.find((problem) => problem.path === path && problem.message === message);
  if (same !== undefined) return { line: same.line, column: same.column };
  return document?.positionOf(parsePath(path) ?? []) ?? { line: 1, column: 1 };
}

function linted(text: string): readonly LintProblem[] {
  return lintText(text, { crds: CRD_MANIFESTS, translators: TRANSLATORS });
}

function faultOf({ line, column, path, message }: LintProblem, file: string): FileFault {
  return { file, line, column, path, message };
}
