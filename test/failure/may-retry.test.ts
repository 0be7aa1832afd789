import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/api/types.js';
import { mayRetry, type RetryPolicy, type RetryTerms } from '../../src/failure/index.js';

const budget = { baseMs: 1_000, factor: 2, capMs: 60_000, jitterPercent: 0 };
const retry: RetryPolicy = {
  preExecution: { ...budget, limit: 5 },
  infrastructure: { ...budget, limit: 2 },
  execution: { ...budget, limit: 0, exitCodes: [] },
};
const NONE = { preExecution: 0, infrastructure: 0, execution: 0 };

function verdict(parts: Partial<Verdict>): Verdict {
  return {
    reason: 'ImagePull',
    stage: 'PreExecution',
    retryable: true,
    effects: 'None',
    message: '',
    confidence: 'Certain',
    evidence: [],
    missing: [],
    ...parts,
  };
}

function terms(parts: Partial<RetryTerms> = {}): RetryTerms {
  return { idempotent: false, retry, retriesUsed: NONE, ...parts };
}

const ran: Partial<Verdict> = {
  reason: 'TaskFailed',
  stage: 'Execution',
  retryable: false,
  effects: 'Possible',
  exitCode: 3,
};
const executing: RetryPolicy = { ...retry, execution: { ...budget, limit: 2, exitCodes: [] } };

describe('a failure before the execution', () => {
  it('is tried again where it may clear and nothing was changed', () => {
    expect(mayRetry(verdict({}), terms())).toEqual({ retry: true, stage: 'PreExecution', budget: 'preExecution' });
    expect(mayRetry(verdict({ effects: 'InitOnly' }), terms()).retry).toBe(true);
  });

  it('is not tried again where something must be changed first', () => {
    expect(mayRetry(verdict({ retryable: false }), terms({ idempotent: true })).retry).toBe(false);
  });

  it('is tried again after possible effects only when the step is idempotent', () => {
    expect(mayRetry(verdict({ effects: 'Unknown' }), terms()).retry).toBe(false);
    expect(mayRetry(verdict({ effects: 'Unknown' }), terms({ idempotent: true })).retry).toBe(true);
  });
});

describe('an attempt that the platform took away', () => {
  const evicted = verdict({ reason: 'Evicted', stage: 'Infrastructure', effects: 'Possible' });

  it('is tried again only when the step is idempotent', () => {
    expect(mayRetry(evicted, terms())).toEqual({
      retry: false,
      why: 'it had run and the step is not marked idempotent',
    });
    expect(mayRetry(evicted, terms({ idempotent: true }))).toEqual({
      retry: true,
      stage: 'Infrastructure',
      budget: 'infrastructure',
    });
  });

  it('is not tried again while it may still run', () => {
    expect(mayRetry({ ...evicted, retryable: false, mayStillRun: true }, terms({ idempotent: true })).retry).toBe(
      false,
    );
  });
});

describe('a failure of running code', () => {
  it('is not tried again unless the step asks for it', () => {
    expect(mayRetry(verdict(ran), terms({ idempotent: true }))).toEqual({ retry: false, why: 'it had run' });
    expect(mayRetry(verdict(ran), terms({ retry: executing })).retry).toBe(false);
    expect(mayRetry(verdict(ran), terms({ retry: executing, idempotent: true }))).toEqual({
      retry: true,
      stage: 'Execution',
      budget: 'execution',
    });
  });

  it('is tried again only for the exit codes that are listed', () => {
    const listed: RetryPolicy = { ...retry, execution: { ...budget, limit: 2, exitCodes: [75] } };
    expect(mayRetry(verdict(ran), terms({ retry: listed, idempotent: true })).retry).toBe(false);
    expect(mayRetry(verdict({ ...ran, exitCode: 75 }), terms({ retry: listed, idempotent: true })).retry).toBe(true);
  });

  it('is never tried again when somebody stopped it, or when it may still run', () => {
    const asked = terms({ retry: executing, idempotent: true });
    expect(mayRetry(verdict({ ...ran, reason: 'Cancelled' }), asked).retry).toBe(false);
    expect(mayRetry(verdict({ ...ran, reason: 'Unknown', mayStillRun: true }), asked).retry).toBe(false);
  });
});

describe('the budgets', () => {
  it('count retries, so that a limit of 5 means 6 attempts', () => {
    expect(mayRetry(verdict({}), terms({ retriesUsed: { ...NONE, preExecution: 4 } })).retry).toBe(true);
    expect(mayRetry(verdict({}), terms({ retriesUsed: { ...NONE, preExecution: 5 } }))).toEqual({
      retry: false,
      why: 'all 5 retries are used',
    });
  });

  it('do not eat one another', () => {
    expect(mayRetry(verdict({}), terms({ retriesUsed: { ...NONE, infrastructure: 2 } })).retry).toBe(true);
  });

  it('end at 20 attempts of a step, whatever their limits', () => {
    const wide: RetryPolicy = { ...retry, preExecution: { ...budget, limit: 50 } };
    expect(
      mayRetry(verdict({}), terms({ retry: wide, retriesUsed: { preExecution: 10, infrastructure: 5, execution: 3 } }))
        .retry,
    ).toBe(true);
    expect(
      mayRetry(verdict({}), terms({ retry: wide, retriesUsed: { preExecution: 10, infrastructure: 5, execution: 4 } }))
        .retry,
    ).toBe(false);
  });
});
