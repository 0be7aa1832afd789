import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUN_KINDS } from '../../src/cli/run-kinds.js';

/** Kinds, plurals, short names, and the groups that tell kinds apart. */
const NAMES = [
  ...RUN_KINDS.flatMap(({ translator, words }) => [translator.kind, ...words]),
  'sequential-job',
  'workflow-execution',
  'batch.lockstep.dev',
];

function sourcesOf(room: string): readonly string[] {
  return readdirSync(join('src', room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', room, name));
}

describe.each(['reconciler', 'executors'])('src/%s', (room) => {
  it('names no kind of runs: a new kind touches no file of it', () => {
    const files = sourcesOf(room);
    expect(files.length).toBeGreaterThan(10);
    const named = files.flatMap((file) => {
      const text = readFileSync(file, 'utf8').toLowerCase();
      return NAMES.filter((name) => new RegExp(`\\b${name.toLowerCase()}\\b`).test(text)).map(
        (name) => `${file}: ${name}`,
      );
    });
    expect(named).toEqual([]);
  });
});

it('the third kind of the tests is made with what Lockstep exports and nothing else', () => {
  const text = readFileSync('test/kinds/checklist.ts', 'utf8');
  const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, path]) => path);
  expect(imports).toEqual(['../../src/index.js']);
});
