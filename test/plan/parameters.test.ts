import { describe, expect, it } from 'vitest';
import { delayStep, planOf, problemsOf } from './specs.js';

const steps = [delayStep('a')];

describe('parameters of a spec', () => {
  it('have values of their types; value wins over default', () => {
    const parameters = [
      { name: 'text', value: 'x', default: 'y' },
      { name: 'count', type: 'integer', default: '-3' },
      { name: 'share', type: 'number', value: '0.50' },
      { name: 'force', type: 'boolean', value: 'true' },
      { name: 'empty', value: '' },
      { name: '__proto__', value: 'polite' },
    ];
    expect(Object.entries(planOf({ steps, parameters }).parameters)).toEqual([
      ['text', { kind: 'value', value: 'x' }],
      ['count', { kind: 'value', value: -3 }],
      ['share', { kind: 'value', value: 0.5 }],
      ['force', { kind: 'value', value: true }],
      ['empty', { kind: 'value', value: '' }],
      ['__proto__', { kind: 'value', value: 'polite' }],
    ]);
  });

  it('are secrets by reference only', () => {
    const secretKeyRef = { name: 'api', key: 'token' };
    expect(planOf({ steps, parameters: [{ name: 't', valueFrom: { secretKeyRef } }] }).parameters).toEqual({
      t: { kind: 'secret', ...secretKeyRef },
    });
    expect(
      problemsOf({ steps, parameters: [{ name: 't', value: 'x', valueFrom: { secretKeyRef: { name: 'api' } } }] }),
    ).toEqual([
      'spec.parameters[0].valueFrom: excludes value and default',
      'spec.parameters[0].valueFrom.secretKeyRef.key: names no key of the Secret',
    ]);
  });

  it('F42: are refused where they have no value, or not one of their type or enum', () => {
    const parameters = [
      { name: 'none' },
      { name: 'count', type: 'integer', value: '3.5' },
      { name: 'huge', type: 'integer', value: '9007199254740993' },
      { name: 'share', type: 'number', value: '0x10' },
      { name: 'force', type: 'boolean', default: 'yes' },
      { name: 'mode', value: 'fast', enum: ['slow', 'steady'] },
      { name: 'type', type: 'int', value: '1' },
      { name: 'none', value: 'x' },
      { name: '1st', value: 'x' },
    ];
    expect(problemsOf({ steps, parameters })).toEqual([
      'spec.parameters[0].value: parameter none has no value; give it one with -p none=…, or a default',
      'spec.parameters[1].value: "3.5" is no whole number',
      'spec.parameters[2].value: "9007199254740993" is no whole number',
      'spec.parameters[3].value: "0x10" is no number',
      'spec.parameters[4].default: "yes" is neither true nor false',
      'spec.parameters[5].value: must be one of slow, steady',
      expect.stringMatching(/^spec\.parameters\[6\]\.type: must be one of string, integer, number, boolean/),
      'spec.parameters[7].name: there is another parameter none',
      expect.stringMatching(/^spec\.parameters\[8\]\.name: "1st" is no identifier/),
    ]);
  });
});
