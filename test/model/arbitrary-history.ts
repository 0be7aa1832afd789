import fc from 'fast-check';
import type { Deed, History, StepStory, Try } from './history.js';

const MAX_STEPS = 4;
const MAX_DEEDS = 5;

const millis = fc.constantFrom(0, 400, 1_000, 3_000, 9_000, 25_000);
/** Calls of a whole run are a few dozen. */
const calls = fc.integer({ min: 1, max: 20 });
const moment = fc.constantFrom('before' as const, 'after' as const);

const ends = (exitCode: number): fc.Arbitrary<Try> =>
  fc.constantFrom(500, 1_000, 6_000, 40_000).map((afterMs): Try => ({ is: 'ends', exitCode, afterMs }));

const aTry: fc.Arbitrary<Try> = fc.oneof(
  { weight: 7, arbitrary: ends(0) },
  { weight: 8, arbitrary: fc.constantFrom(1, 3, 137).chain(ends) },
  { weight: 1, arbitrary: fc.constant<Try>({ is: 'runs-on', stopsAfterMs: null }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 4_000).map((ms): Try => ({ is: 'runs-on', stopsAfterMs: ms })) },
  { weight: 3, arbitrary: fc.constantFrom<Try>({ is: 'cannot-start' }, { is: 'cannot-be-created' }) },
);

/** The shape of a step, before it has a name and knows the others. */
const aStep = fc.record({
  work: fc.constantFrom('pod' as const, 'pod' as const, 'pod' as const, 'job' as const, 'delay' as const),
  needs: fc.array(fc.nat(MAX_STEPS - 1), { maxLength: 2 }),
  when: fc.constantFrom(null, null, null, null, true, false),
  idempotent: fc.constantFrom(true, true, false),
  retries: fc.constantFrom(0, 1, 1, 2),
  tries: fc.array(aTry, { minLength: 1, maxLength: 3 }),
});

const stepIndex = fc.nat(MAX_STEPS - 1).map((index) => `s${index}`);

/** Weights such that each kind of trouble is in about a third of all histories; `npm run histories` prints the shares. */
const aDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), calls, when: moment }) },
  { weight: 2, arbitrary: fc.constant<Deed>({ do: 'kill' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('new-leader' as const), overlapMs: millis }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('late-waker' as const),
      calls,
      when: moment,
      forMs: fc.constantFrom(1_000, 30_000, 150_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      ms: fc.constantFrom(-600_000, -30_000, -1_500, 1_500, 45_000, 900_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      verb: fc.constantFrom('Cancel' as const, 'Terminate' as const, 'Suspend' as const, 'Resume' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Deed>({ do: 'delete-run' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('delete-pod' as const, 'evict-pod' as const), step: stepIndex }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      calls,
      answer: fc.constantFrom(
        'reset' as const,
        'timeout' as const,
        '409' as const,
        '429' as const,
        '500' as const,
        '503' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('store-down' as const), forMs: fc.constantFrom(5_000, 90_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cordon' as const), forMs: fc.constantFrom(8_000, 100_000) }) },
);

export const arbitraryHistory: fc.Arbitrary<History> = fc
  .record({
    steps: fc.array(aStep, { minLength: 1, maxLength: MAX_STEPS }),
    finally: fc.array(aStep, { maxLength: 1 }),
    order: fc.constantFrom('Sequential' as const, 'Graph' as const),
    onFailure: fc.constantFrom('FailFast' as const, 'CancelRunning' as const, 'Continue' as const),
    parallelism: fc.integer({ min: 1, max: 3 }),
    timeoutMs: fc.constantFrom(null, null, null, 20_000, 120_000),
    deeds: fc.array(fc.record({ afterMs: millis, deed: aDeed }), { maxLength: MAX_DEEDS }),
  })
  .map(({ steps, finally: last, ...rest }) => ({
    ...rest,
    // Only a graph can go on beside a failure.
    onFailure: rest.order === 'Sequential' && rest.onFailure === 'Continue' ? 'FailFast' : rest.onFailure,
    steps: steps.map((step, index) => named(step, { prefix: 's', index, graph: rest.order === 'Graph' })),
    finally: last.map((step, index) => named(step, { prefix: 'f', index, graph: false })),
  }));

type Shape = Omit<StepStory, 'name' | 'needs'> & { readonly needs: readonly number[] };

interface Place {
  readonly prefix: string;
  readonly index: number;
  readonly graph: boolean;
}

function named({ needs, ...step }: Shape, { prefix, index, graph }: Place): StepStory {
  const earlier = graph ? [...new Set(needs.filter((need) => need < index))].sort() : [];
  return { ...step, name: `${prefix}${index}`, needs: earlier.map((need) => `${prefix}${need}`) };
}
