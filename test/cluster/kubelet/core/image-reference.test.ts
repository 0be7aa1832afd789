import { describe, expect, it } from 'vitest';
import { imageFault, parseImageReference } from '../../../../src/cluster/kubelet/core/image-reference.js';

describe('an image reference', () => {
  it.each([
    ['busybox', 'docker.io', 'library/busybox', 'latest'],
    ['busybox:1.36', 'docker.io', 'library/busybox', '1.36'],
    ['team/tool', 'docker.io', 'team/tool', 'latest'],
    ['localhost/tool:x', 'localhost', 'tool', 'x'],
    ['registry.example:5000/a/b/c:v1', 'registry.example:5000', 'a/b/c', 'v1'],
    ['ghcr.io/a/b@sha256:' + 'a'.repeat(64), 'ghcr.io', 'a/b', 'sha256:' + 'a'.repeat(64)],
    ['a.b/c__d/e-f.g', 'a.b', 'c__d/e-f.g', 'latest'],
  ])('%s is read', (text, host, repository, version) => {
    expect(parseImageReference(text)).toEqual({ image: { host, repository, version } });
  });

  it.each(['', ':', 'a:', 'a b', 'a/', '/a', 'a//b', 'a:t:t', 'a@sha256:short', '-a'])('"%s" is none', (text) => {
    expect(parseImageReference(text)).toHaveProperty('fault');
  });
});

describe('an image', () => {
  it('is always there, unless its registry can never be', () => {
    expect(imageFault('anything:at-all', 'Always')).toBeNull();
    expect(imageFault('example.invalid.com/x', 'Always')).toBeNull();
    expect(imageFault('example.invalid:5000/x', 'Always')?.message).toContain('lookup example.invalid: no such host');
    expect(imageFault('example.invalid/x', 'Never')?.reason).toBe('ErrImageNeverPull');
    expect(imageFault('Nope:::1', 'Never')?.reason).toBe('InvalidImageName');
  });
});
