import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FieldErrorsError } from '../../../src/cluster/schema-port.js';
import { compileSchema } from '../../../src/cluster/schema/structural-schema.js';
import { definitionCases } from './definition-cases.js';
import { listOf, objectOf, textOf } from './json-reading.js';

const file = new URL('../../fixtures/apiserver-answers/definitions.json', import.meta.url);
const fixture = objectOf(JSON.parse(readFileSync(file, 'utf8')));
const recorded = new Map(
  listOf(fixture['answers'])
    .map(objectOf)
    .map((answer) => [textOf(answer['name']), answer]),
);

function refusals(schema: Parameters<typeof compileSchema>[0]): readonly string[] {
  try {
    compileSchema(schema, 'spec.validation.openAPIV3Schema');
    return [];
  } catch (error) {
    if (!(error instanceof FieldErrorsError)) throw error;
    return error.errors.map(({ field, reason, message }) => `${field} ${reason}: ${message}`).sort();
  }
}

describe(`schemas of definitions are refused as kube-apiserver ${textOf(fixture['server'])} refuses them`, () => {
  it.each(definitionCases.map((one) => ({ one, name: one.name })))('$name', ({ one, name }) => {
    const answer = recorded.get(name);
    const causes = listOf(answer?.['causes']).map(objectOf);
    const expected = causes.map(
      ({ field, reason, message }) => `${textOf(field)} ${textOf(reason)}: ${textOf(message)}`,
    );
    // Go's JSON escapes what HTML might mind.
    const readable = expected.map((text) =>
      text.replaceAll('\\u003e', '>').replaceAll('\\u003c', '<').replaceAll('\\u0026', '&'),
    );
    expect(refusals(one.schema)).toEqual(readable.sort());
  });
});
