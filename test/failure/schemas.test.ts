import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.js';
import { CATALOGUE, explain, jsonOf, judge, NO_CONTEXT, summarize } from '../../src/failure/index.js';
import { corpus, inventedCases } from './corpus.js';
import { schemaFaults } from './json-schema.js';
import { SCENES, run, step, attempt } from './summary-runs.js';

const schemaOf = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), 'utf8')) as JsonObject;
const SUMMARY = schemaOf('failure-summary');
const EXPLANATIONS = schemaOf('explanations');
const cases = [...corpus(), ...inventedCases()];

describe('the schema of a summary (docs/failure-summary.schema.json)', () => {
  it.each(Object.entries(SCENES))('holds for %s', (_, scene) => {
    expect(schemaFaults(SUMMARY, JSON.parse(jsonOf(summarize(scene))) as Json)).toEqual([]);
  });

  it('holds for a run that failed by any verdict of the corpus', () => {
    const faults = cases.flatMap(({ id, input }) => {
      const judgement = judge(input, NO_CONTEXT);
      if (judgement.outcome === 'Succeeded') return [];
      const failed = step('only', { state: 'Failed', attempts: [attempt(1, { verdict: judgement.verdict })] });
      const summary = summarize(run([failed], { phase: 'Failed', failure: { step: 'only', attempt: 1 } }));
      return schemaFaults(SUMMARY, JSON.parse(jsonOf(summary)) as Json).map((fault) => `${id}: ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  it('knows every reason', () => {
    const text = JSON.stringify(SUMMARY);
    for (const { reason } of CATALOGUE) expect(text).toContain(`"${reason}"`);
  });

  it('finds what does not belong', () => {
    const scene = SCENES['exit-code'];
    const summary = scene === undefined ? {} : (JSON.parse(jsonOf(summarize(scene))) as JsonObject);
    expect(schemaFaults(SUMMARY, { ...summary, state: 'SAD', extra: 1, line: 'x'.repeat(121) })).toEqual([
      '$.line is longer than 120',
      '$.state is "SAD"',
      '$.extra is not in the schema',
    ]);
  });
});

describe('the schema of explanations (docs/explanations.schema.json)', () => {
  it('holds for every case of the corpus, and for a workload with which nothing is wrong', () => {
    const items = explain([
      ...cases.map(({ id, input }) => ({ file: id, value: input })),
      { file: 'well', value: { kind: 'Pod', metadata: { name: 'new' } } },
    ]);
    expect(items).toHaveLength(cases.length + 1);
    expect(schemaFaults(EXPLANATIONS, JSON.parse(JSON.stringify(items)) as Json)).toEqual([]);
  });
});
