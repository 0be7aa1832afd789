import { describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import { isJsonObject } from '../../src/api/json.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import { lintText } from '../../src/plan/lint/lint-text.js';
import { BAD, GOOD, expectedRefusal, type ExampleFile } from './example-files.js';

function lint({ text }: ExampleFile): readonly string[] {
  const problems = lintText(text, { crds: CRD_MANIFESTS, translators: TRANSLATORS });
  return problems.map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`);
}

describe('an example', () => {
  it.each(GOOD.map((file) => [file.path, file] as const))('%s has no fault and can be planned', (_path, file) => {
    expect(lint(file)).toEqual([]);
    const spec = file.workflow['spec'];
    expect(file.kind.translator.toPlan(isJsonObject(spec) ? spec : {}).ok).toBe(true);
  });
});

describe('a bad example is refused before it is sent, with line, column and path', () => {
  it.each(BAD.map((file) => [file.path, file] as const))('%s', (_path, file) => {
    expect(lint(file)).toEqual(expectedRefusal(file).lint);
  });
});
