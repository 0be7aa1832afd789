import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chronicleOf } from './chronicle.js';
import { DEFECTS } from './defects.js';
import type { History, StepStory } from './history.js';
import { printScenario } from './print-scenario.js';
import { breachesOf } from './rules/index.js';
import { search } from './search.js';

// A few of those that `npm run histories` plays by the thousand.
describe('random histories', () => {
  it('break none of the six rules', { timeout: 60_000 }, async () => {
    const { failure, histories } = await search({ runs: 12, seed: 11 });
    expect(failure).toBeNull();
    expect(histories).toBe(12);
  });

  it('do not keep two controllers writing without an end while the audit store is down', async () => {
    const history: History = {
      ...ONE_STEP,
      deeds: [
        { afterMs: 0, deed: { do: 'store-down', forMs: 90_000 } },
        { afterMs: 3_000, deed: { do: 'new-leader', overlapMs: 9_000 } },
      ],
    };
    const chronicle = await chronicleOf(history);
    expect(breachesOf(chronicle)).toEqual([]);
    expect(chronicle.versions.length).toBeLessThan(20);
  });

  it('do not let a controller that wakes up late start again what another has started, ended and released', async () => {
    const tries: StepStory = { ...STEP, idempotent: true, retries: 1 };
    const history: History = {
      ...ONE_STEP,
      order: 'Graph',
      onFailure: 'CancelRunning',
      timeoutMs: 120_000,
      steps: [
        { ...tries, name: 's0', tries: [{ is: 'ends', exitCode: 1, afterMs: 500 }] },
        { ...tries, name: 's1', needs: ['s0'], tries: [{ is: 'ends', exitCode: 137, afterMs: 6_000 }] },
        { ...tries, name: 's2', work: 'delay' },
      ],
      finally: [{ ...tries, name: 'f0', retries: 0, tries: [{ is: 'cannot-be-created' }] }],
      deeds: [
        { afterMs: 25_000, deed: { do: 'late-waker', calls: 1, when: 'after', forMs: 30_000 } },
        { afterMs: 9_000, deed: { do: 'delete-run' } },
        { afterMs: 3_000, deed: { do: 'evict-pod', step: 's1' } },
      ],
    };
    expect(breachesOf(await chronicleOf(history))).toEqual([]);
  });

  it('know defects whose place in the source is still there, once', () => {
    for (const { name, file, right } of DEFECTS)
      expect([name, readFileSync(file, 'utf8').split(right).length - 1]).toEqual([name, 1]);
  });

  it('are printed as scenarios', () => {
    const text = printScenario({ ...ONE_STEP, deeds: [{ afterMs: 400, deed: { do: 'jump', ms: -30_000 } }] }, 'found');
    expect(text).toContain("happens(400, { do: 'jump', ms: -30000 })");
    expect(text).toContain("name: 'found'");
    expect(text).toContain('exitCode: 0');
  });
});

const STEP: StepStory = {
  name: 's0',
  work: 'pod',
  needs: [],
  when: null,
  idempotent: false,
  retries: 0,
  tries: [{ is: 'ends', exitCode: 0, afterMs: 40_000 }],
};

const ONE_STEP: History = {
  steps: [STEP],
  finally: [],
  order: 'Sequential',
  onFailure: 'FailFast',
  parallelism: 1,
  timeoutMs: null,
  deeds: [],
};
