import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/api/json.js';

const CORPUS = new URL('../fixtures/corpus/', import.meta.url);
const INVENTED = new URL('../fixtures/cases-invented/', import.meta.url);

/** What a careful engineer would conclude (test/fixtures/corpus/README.md). */
export interface Expectation {
  readonly reason: string;
  readonly subreason: string;
  readonly stage: string;
  readonly retryable: boolean;
  readonly mayRunTwice?: true;
  readonly container: string | null;
  readonly exitCode: number | null;
  readonly mustMention: readonly string[];
  readonly altReasons?: readonly string[];
  readonly lenient?: readonly string[];
}

export interface CorpusCase {
  readonly id: string;
  readonly input: JsonObject;
  readonly expect: Expectation;
}

/** All cases of the corpus, by id. */
export function corpus(): CorpusCase[] {
  return casesIn(CORPUS);
}

/** Our own cases in the same form (test/fixtures/cases-invented/README.md). */
export function inventedCases(): CorpusCase[] {
  return casesIn(INVENTED);
}

function casesIn(folder: URL): CorpusCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CorpusCase);
}

/** Whether a retry would be unsafe there: the costly error (as the referee counts it). */
export function retryIsUnsafe({ stage, retryable, mayRunTwice, lenient = [] }: Expectation): boolean {
  if (lenient.includes('retryable')) return false;
  const undecided = lenient.includes('stage') || stage === 'infrastructure';
  return stage === 'execution' || mayRunTwice === true || (!retryable && undecided);
}
