import fc from 'fast-check';
import type { JsonObject } from '../../src/api/json.js';
import { isJsonObject, type Json } from '../../src/api/json.js';
import { BAD, GOOD } from '../examples/example-files.js';
import { arbitraryHistory } from '../model/arbitrary-history.js';
import { specOf } from '../model/scenario-of.js';
import { type Mutation, mutate } from './mutate.js';

const EXAMPLES = [...GOOD, ...BAD].map(({ workflow }) => {
  const { spec } = workflow;
  if (!isJsonObject(spec)) throw new Error('an example has a spec');
  return spec;
});

const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** What people write where they err, and what breaks programs. */
const value: fc.Arbitrary<Json> = fc.oneof(
  json,
  fc.constantFrom<Json>(
    null,
    '',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    '30s',
    '1d',
    '9999999h',
    '${params.x}',
    '${steps.a.outputs.b}',
  ),
  fc.constantFrom<Json>('steps.s0.state == "Failed"', '1 +', 'size(params) > 2', 'steps[0]', 'a'.repeat(64), 'Ünïcode'),
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('remove', 'replace', 'repeat', 'rename', 'swap', 'retype', 'stretch'),
  where: fc.nat(400),
  what: fc.nat(400),
  value,
});

/** A workflow that is right: an example, or one of the model's. */
const right: fc.Arbitrary<JsonObject> = fc.oneof(fc.constantFrom(...EXAMPLES), arbitraryHistory.map(specOf));

/** Mostly specs with one or two faults, which get further than those with many; some without, some that are noise. */
export const arbitrarySpec: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(right, fc.oneof(fc.array(mutation, { maxLength: 2 }), fc.array(mutation, { maxLength: 5 })))
      .map(([spec, mutations]) => mutations.reduce(mutate, spec)),
  },
  { weight: 1, arbitrary: json },
);
