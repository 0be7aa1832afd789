import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../../src/cluster/apiserver/label-selector.js';

describe('label selectors', () => {
  const labels = { app: 'web', tier: '3', 'example.com/x': '' };

  it.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['app=web', true],
    ['app == web', true],
    ['app!=web', false],
    ['none!=web', true],
    ['app in (api, web)', true],
    ['app notin (api,web)', false],
    ['none notin (x)', true],
    ['tier>2,tier<4', true],
    ['tier>3', false],
    ['example.com/x=', true],
    ['app=web,!none,tier in (3)', true],
  ])('%s: %s', (text, matches) => {
    expect(parseLabelSelector(text)(labels)).toBe(matches);
  });

  it.each(['a b', 'a in b', 'a in (b', '=x', 'a>x', ',', 'a,=x', 'a=b c', 'a/b/c', 'a=*'])('refuses %s', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/^(unable to parse requirement: |found '.+', expected: )/);
  });
});
