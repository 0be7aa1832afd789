import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandReferences } from '../../../../src/cluster/kubelet/core/expand.js';

const env: Readonly<Record<string, string>> = { A: 'one', B: '$(A)', EMPTY: '' };
const lookup = (name: string): string | undefined => env[name];

describe('references to variables', () => {
  // The cases are those of Kubernetes' own documentation of `command` and `args`.
  it.each([
    ['$(A)', 'one'],
    ['x$(A)y$(A)', 'xoneyone'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$$$$(A)', '$$(A)'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['$', '$'],
    ['$$', '$'],
    ['$()', '$()'],
    ['$(EMPTY)', ''],
  ])('%s becomes %s', (text, expected) => {
    expect(expandReferences(text, lookup)).toBe(expected);
  });

  it('in a value are not expanded again', () => {
    expect(expandReferences('$(B)', lookup)).toBe('$(A)');
  });

  it('that are escaped come out as they were written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(expandReferences(text.replaceAll('$', '$$$$'), lookup)).toBe(text);
      }),
    );
  });
});
