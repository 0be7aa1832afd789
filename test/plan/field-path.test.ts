import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, formatPath, join, parsePath } from '../../src/plan/field-path.js';

describe('a field path', () => {
  it('reads as in the messages of Kubernetes, and quotes keys that are no words', () => {
    expect(formatPath(['spec', 'steps', 2, 'dependsOn', 0])).toBe('spec.steps[2].dependsOn[0]');
    expect(formatPath(['metadata', 'annotations', 'a.example/b', 'x'])).toBe('metadata.annotations["a.example/b"].x');
    expect(at('', 'spec')).toBe('spec');
    expect(join('spec.steps[0].pod', 'main[1]')).toBe('spec.steps[0].pod.main[1]');
    expect(join('spec', '["a/b"]')).toBe('spec["a/b"]');
  });

  it('says the same when it is read back, whatever its keys', () => {
    const step = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('spec', 'a"b', 'x]', '0'),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.array(step), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it('is null where a text is none', () => {
    expect(['spec..x', 'spec[', 'spec["x]', 'a b'].map(parsePath)).toEqual([null, null, null, null]);
  });
});
