import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/api/json.js';
import { type RunKind, runKindOf } from '../../src/cli/run-kinds.js';

/** A file of examples/ and what it says of itself. */
export interface ExampleFile {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly JsonObject[];
  /** The run among them. */
  readonly workflow: JsonObject;
  readonly kind: RunKind;
}

/** How a good example is meant to end. */
export interface ExpectedEnd {
  readonly phase: string;
  /** Absent: none. */
  readonly reason: string | undefined;
  /** States of some of its steps. */
  readonly steps: Readonly<Record<string, string>>;
}

/** What is meant to be said of a bad example. */
export interface ExpectedRefusal {
  /** `LINE:COLUMN: PATH: MESSAGE`, by lint. */
  readonly lint: readonly string[];
  /** Part of the API server's message; null: it accepts the object, since its schema cannot say what is wrong. */
  readonly apiServer: string | null;
}

export const GOOD = filesOf('examples');
export const BAD = filesOf('examples/bad');

function filesOf(folder: string): readonly ExampleFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => readExample(join(folder, name)));
}

function readExample(path: string): ExampleFile {
  const text = readFileSync(path, 'utf8');
  const documents = [...parseAllDocuments(text)].map((document): JsonObject => {
    const value: unknown = 'toJS' in document ? document.toJS() : null;
    if (!isJsonObject(value)) throw new Error(`${path} holds a document that is no object`);
    return value;
  });
  const [run] = documents.flatMap((document) => {
    const kind = runKindOf(document);
    return kind === undefined ? [] : [{ workflow: document, kind }];
  });
  if (run === undefined) throw new Error(`${path} holds no run`);
  return { path, text, documents, ...run };
}

export function expectedEnd({ path, workflow }: ExampleFile): ExpectedEnd {
  const [phase, reason] = (annotation(workflow, 'expect') ?? '').split('/');
  if (phase === undefined || phase === '') throw new Error(`${path} does not say how it ends`);
  const steps = (annotation(workflow, 'expect-steps') ?? '').split(' ').filter((word) => word !== '');
  return { phase, reason, steps: Object.fromEntries(steps.map(pair)) };
}

export function expectedRefusal({ text }: ExampleFile): ExpectedRefusal {
  return { lint: comments(text, 'expect-lint'), apiServer: comments(text, 'expect-error')[0] ?? null };
}

/** Name and namespace of an example's run. */
export function refOf({ workflow }: ExampleFile): { readonly name: string; readonly namespace: string } {
  const metadata = objectOf(workflow['metadata']);
  const name = metadata['name'];
  const namespace = metadata['namespace'];
  if (typeof name !== 'string' || typeof namespace !== 'string')
    throw new Error('an example names its run and namespace');
  return { name, namespace };
}

/** Commands that its containers begin with: they must exist on the machine of the embedded cluster. */
export function commandsOf(value: JsonObject[string]): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(commandsOf);
  if (!isJsonObject(value)) return [];
  const own = isJsonArray(value['command']) ? value['command'].slice(0, 1) : [];
  return [...own.filter((word) => typeof word === 'string'), ...Object.values(value).flatMap(commandsOf)];
}

function annotation(workflow: JsonObject, name: string): string | undefined {
  const value = objectOf(objectOf(workflow['metadata'])['annotations'])[`example.lockstep.dev/${name}`];
  return typeof value === 'string' ? value : undefined;
}

function comments(text: string, name: string): readonly string[] {
  const begin = `# ${name}: `;
  return text.split('\n').flatMap((line) => (line.startsWith(begin) ? [line.slice(begin.length)] : []));
}

function pair(word: string): readonly [string, string] {
  const [name = '', state = ''] = word.split('=');
  return [name, state];
}

function objectOf(value: JsonObject[string]): JsonObject {
  return isJsonObject(value) ? value : {};
}
