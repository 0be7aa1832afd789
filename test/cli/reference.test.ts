import { describe, expect, it } from 'vitest';
import { parseReference } from '../../src/cli/reference.js';
import { EXIT } from '../../src/cli/exit-codes.js';

describe('a reference to a run', () => {
  it.each([
    ['web', null, null, 'web'],
    ['shop/web', null, 'shop', 'web'],
    ['wfx/web', 'WorkflowExecution', null, 'web'],
    ['SQJ/shop/web', 'SequentialJob', 'shop', 'web'],
    ['wfx', null, null, 'wfx'],
    ['@latest', null, null, '@latest'],
  ])('%s', (text, kind, namespace, name) => {
    const reference = parseReference(text);
    expect({ ...reference, kind: reference.kind?.translator.kind ?? null }).toEqual({ kind, namespace, name });
  });

  it.each(['', '/', 'web/', '/web', 'wfx/', 'wfx/shop/', 'wfx//web', 'a/b/c', 'a/b/c/d'])(
    '%j names none, which is a fault of who wrote it',
    (text) => {
      expect(() => parseReference(text)).toThrow(expect.objectContaining({ exitCode: EXIT.usage }) as Error);
    },
  );
});
