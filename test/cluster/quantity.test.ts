import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityFault,
} from '../../src/cluster/quantity.js';

describe('a Kubernetes quantity', () => {
  it.each([
    ['500m', 0.5],
    ['1', 1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['2e3', 2000],
    ['2E3', 2000],
    ['1k', 1000],
    ['1E', 1e18],
    ['-1', -1],
    ['+1', 1],
    ['100n', 1e-7],
    ['0', 0],
    ['Gi', 0],
  ])('reads %s as %d', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each(['', 'x', '1 Gi', '1Zi', '1.2.3', '1KI', '0x10', '1e', '1m1'])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeNull();
    expect(quantityFault(text)).toMatch(/quantit/);
  });

  it.each([
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1000', '1k'],
    ['1000m', '1'],
    ['1536Mi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1Ki', '1Ki'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['10000e0', '10e3'],
    ['0.1n', '1n'],
    ['128974848', '128974848'],
    ['0Gi', '0'],
  ])('stores %s as %s', (text, stored) => {
    expect(canonicalQuantity(text)).toBe(stored);
  });

  it('adds without loss', () => {
    expect(addQuantities(['100m', '200m', '1'])).toBe('1300m');
    expect(addQuantities(['1Gi', '512Mi'])).toBe('1536Mi');
    expect(addQuantities([])).toBe('0');
    expect(addQuantities(['1', 'x'])).toBeNull();
  });

  it('compares across suffixes', () => {
    expect(compareQuantities('1Gi', '1G')).toBe(1);
    expect(compareQuantities('1', '1000m')).toBe(0);
    expect(compareQuantities('1m', '1')).toBe(-1);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom('DecimalSI', 'BinarySI'), (milli, format) => {
        // BinarySI has no fractions from 1024 on: they are rounded up.
        const value = format === 'BinarySI' ? Math.trunc(milli / 1000) : milli / 1000;
        expect(parseQuantity(formatQuantity(value, format))).toBe(value + 0);
      }),
    );
  });
});
