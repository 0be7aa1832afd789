import fc from 'fast-check';
import { arbitraryHistory } from './arbitrary-history.js';
import { type Chronicle, chronicleOf, tasksOf } from './chronicle.js';
import type { History } from './history.js';
import { breachesOf } from './rules/index.js';

/** What a history had in it; those that the shares are about. */
export const INGREDIENTS = ['crash', 'retry', 'action', 'clock jump', 'leader change'] as const;
export type Ingredient = (typeof INGREDIENTS)[number];

export interface Found {
  readonly histories: number;
  /** In how many histories it really happened. */
  readonly had: Readonly<Record<Ingredient, number>>;
  /** The smallest history that breaks a rule. */
  readonly failure: { readonly history: History; readonly why: readonly string[]; readonly seed: number } | null;
}

interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  /** Real time, in ms, for making a failing history smaller. */
  readonly shrinkMs?: number;
}

/** Plays random histories until one breaks a rule, and makes that one as small as it can. */
export async function search({ runs, seed, shrinkMs = 60_000 }: SearchOptions): Promise<Found> {
  const had: Record<Ingredient, number> = { crash: 0, retry: 0, action: 0, 'clock jump': 0, 'leader change': 0 };
  let histories = 0;
  let until: number | null = null;
  const property = fc.asyncProperty(arbitraryHistory, async (history) => {
    // A failure was found: what follows makes it smaller, and counts no more.
    if (until !== null && performance.now() > until) return;
    const chronicle = await chronicleOf(history);
    const breaches = breachesOf(chronicle);
    if (until === null) {
      histories += 1;
      for (const ingredient of ingredientsOf(chronicle)) had[ingredient] += 1;
    }
    if (breaches.length === 0) return;
    until ??= performance.now() + shrinkMs;
    throw new Error(breaches.join('\n'));
  });
  const result = await fc.check(property, { numRuns: runs, seed });
  const history = result.counterexample?.[0];
  if (history === undefined) return { histories, had, failure: null };
  return { histories, had, failure: { history, why: breachesOf(await chronicleOf(history)), seed } };
}

function ingredientsOf({ history, run, controllers }: Chronicle): readonly Ingredient[] {
  const did = (...kinds: readonly string[]): boolean => history.deeds.some(({ deed }) => kinds.includes(deed.do));
  // A deed at a call that never comes has no effect, but that another controller was started tells.
  const another = controllers > 1;
  const has: Readonly<Record<Ingredient, boolean>> = {
    crash: another && did('crash', 'kill'),
    retry: tasksOf(run).some(({ attempts }) => attempts.length > 1),
    action: (run.status?.engine?.actions ?? []).length > 0,
    'clock jump': did('jump'),
    'leader change': another && did('new-leader', 'late-waker'),
  };
  return INGREDIENTS.filter((ingredient) => has[ingredient]);
}
