import { describe, expect, it } from 'vitest';
import { withoutBookkeeping } from '../../src/runtime/index.js';

const META = { namespace: 'shop', name: 'a', uid: 'u', resourceVersion: '1' };

describe('what is cached', () => {
  it('has no managed fields and no copy of what was applied', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'x' };
    const object = { metadata: { ...META, managedFields: [{ manager: 'kubectl' }], annotations }, data: { a: 'b' } };
    expect(withoutBookkeeping(object)).toEqual({ metadata: { ...META, annotations: { mine: 'x' } }, data: { a: 'b' } });
    expect(object.metadata.managedFields).toHaveLength(1);
  });

  it('is the object itself where there is nothing to drop', () => {
    const object = { metadata: META };
    expect(withoutBookkeeping(object)).toBe(object);
  });
});
