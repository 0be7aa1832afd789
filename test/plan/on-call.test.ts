import { describe, expect, it } from 'vitest';
import { delayStep, planOf, problemsOf } from './specs.js';

describe('onCall', () => {
  it('is kept as the author wrote it, for the run and for each step', () => {
    const plan = planOf({
      onCall: { impact: 'No figures.', owner: 'team-ledger' },
      steps: [delayStep('a', { onCall: { runbook: 'https://runbooks.example.com/a' } }), delayStep('b')],
    });
    expect(plan.onCall).toEqual({ impact: 'No figures.', owner: 'team-ledger' });
    expect(plan.tasks.map((task) => task.onCall)).toEqual([{ runbook: 'https://runbooks.example.com/a' }, undefined]);
  });

  it('says nothing where nothing is written, and changes no digest then', () => {
    const steps = [delayStep('a')];
    expect(planOf({ steps, onCall: {} }).digest).toBe(planOf({ steps }).digest);
  });

  it('is refused where it is too long, or no text, with the path of the field', () => {
    expect(problemsOf({ steps: [delayStep('a', { onCall: { impact: 'x'.repeat(257), owner: 7 } })] })).toEqual([
      'spec.steps[0].onCall.impact: is longer than 256 characters',
      'spec.steps[0].onCall.owner: must be a string',
    ]);
  });
});
