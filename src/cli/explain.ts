import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { explainReason, type ReasonEntry } from '../failure/catalogue.js';
import { explain as explainDocuments, type Explanation } from '../failure/explain/explain.js';
import type { SourceDocument } from '../failure/explain/sort-documents.js';

export interface ExplainOptions {
  readonly output: 'text' | 'json' | 'line';
  readonly stdin: NodeJS.ReadableStream;
}

/**
 * Explains the workloads in files; `-` is standard input.
 *
 * @throws Error that names the file, and the place in it, where it cannot be read or does not hold what it should.
 */
export async function explainFiles(files: readonly string[], { output, stdin }: ExplainOptions): Promise<string> {
  if (files.filter((file) => file === '-').length > 1) throw new Error('standard input (-) can be read only once');
  const documents = await Promise.all(files.map((file) => readDocuments(file, stdin)));
  const items = explainDocuments(documents.flat());
  return render(items, output);
}

/** Explains a reason of the catalogue; null where there is none of that name. */
export function explainReasonText(reason: string): string | null {
  const entry = explainReason(reason);
  return entry === null ? null : renderReason(entry);
}

async function readDocuments(file: string, stdin: NodeJS.ReadableStream): Promise<SourceDocument[]> {
  const shown = file === '-' ? 'standard input' : file;
  const content = file === '-' ? await text(stdin) : await readFileFor(file);
  return parseDocuments(content, shown).map((value) => ({ file, value }));
}

async function readFileFor(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(`${file}: ${WHY_NOT[code] ?? (error instanceof Error ? error.message : String(error))}`, {
      cause: error,
    });
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name the files in it',
  EACCES: 'it may not be read',
};

/** JSON is YAML too, but its own parser is a hundred times as fast. */
function parseDocuments(content: string, file: string): unknown[] {
  if (/^\s*[{[]/.test(content)) {
    try {
      return [JSON.parse(content)];
    } catch {
      // It may still be YAML in flow style, or several JSON documents: the YAML parser decides.
    }
  }
  return parseAllDocuments(content).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file} is neither JSON nor YAML: ${error.message.trimEnd()}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value;
  });
}

function render(items: readonly Explanation[], output: ExplainOptions['output']): string {
  if (output === 'json') return `${JSON.stringify(items, null, 2)}\n`;
  if (items.length === 0) return 'No Pod, Job, TaskRun, PipelineRun, Event or Status was found.\n';
  if (output === 'line') return items.map((item) => `${item.summary.split('\n')[0] ?? ''}\n`).join('');
  return items.map((item) => `${item.summary}\n`).join('\n');
}

function renderReason({ reason, meaning, evidence, handling, fixes, subreasons }: ReasonEntry): string {
  const closer = Object.entries(subreasons).map(([name, fix]) => `  ${name.padEnd(28)}${fix}`);
  return [
    reason,
    '',
    meaning,
    '',
    `Evidence   ${evidence}`,
    `Handling   ${handling}`,
    `Fix        ${fixes.join(' ')}`,
    '',
    'Closer causes',
    ...closer,
    '',
  ].join('\n');
}
