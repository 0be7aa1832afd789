import { readFileSync } from 'node:fs';
import { NO_CONTEXT, type Evidence, judge } from '../src/failure/index.js';
import type { Figure } from './figure.js';
import { perSecond } from './measure.js';

// Typical evidence: a pod with a few events, what the executor gathers (test/fixtures/corpus holds real ones).
const TYPICAL = [
  '004-invoice-merge',
  '086-tiles-rollup',
  '092-orders-route',
  '161-archive-publish',
  '258-catalog-sync',
];
const WANTED_PER_SECOND = 20_000;

/** Verdicts: a node loss fails hundreds of attempts at once, and all are judged by one process. */
export function verdictFigures(seconds: number): readonly Figure[] {
  const inputs = TYPICAL.map((name) => {
    const text = readFileSync(`test/fixtures/corpus/${name}.json`, 'utf8');
    return (JSON.parse(text) as { readonly input: Evidence }).input;
  });
  const each = perSecond(() => {
    for (const one of inputs) judge(one, NO_CONTEXT);
  }, seconds);
  const measured = each * inputs.length;
  return [{ what: 'verdicts', measured, unit: '/s', wanted: { atLeast: WANTED_PER_SECOND } }];
}
