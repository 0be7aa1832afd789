import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.js';
import type { FieldError } from '../../../src/cluster/field-error.js';
import type { SchemaHandler } from '../../../src/cluster/schema-port.js';
import { compileSchema } from '../../../src/cluster/schema/structural-schema.js';
import { listOf, objectOf, textOf } from './json-reading.js';

const directory = new URL('../../fixtures/apiserver-answers/', import.meta.url);

/** What the server would answer, made from our schema room alone. */
function answerOf(handler: SchemaHandler, sent: JsonObject, old: JsonObject | undefined): JsonObject {
  const pruned = handler.prune(sent);
  if (pruned.unknown.length > 0) return { unknown: [...pruned.unknown].sort() };
  const value = handler.applyDefaults(pruned.value);
  const errors = handler.validate(value, old);
  return errors.length === 0 ? { spec: value['spec'] } : { causes: sorted(errors) };
}

/** Go walks maps in any order: so may the causes be. */
function sorted(causes: readonly (FieldError | Json)[]): readonly Json[] {
  return [...causes].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function recorded(answer: JsonObject): JsonObject {
  if (answer['code'] === 200) return { spec: answer['spec'] };
  if (answer['code'] === 400) {
    const unknown = [...textOf(answer['message']).matchAll(/unknown field "([^"]*)"/g)].map(([, path = '']) => path);
    return { unknown: unknown.sort() };
  }
  return { causes: sorted(listOf(answer['causes']).map((cause) => inKeyOrder(objectOf(cause)))) };
}

function inKeyOrder({ reason, message, field }: JsonObject): Json {
  return { reason: reason ?? '', message: message ?? '', field: field ?? '' };
}

for (const file of readdirSync(directory).filter((name) => /^(?:w.*)\.json$/.test(name))) {
  const fixture = objectOf(JSON.parse(readFileSync(new URL(file, directory), 'utf8')));
  if (fixture['schema'] === undefined) continue;
  const handler = compileSchema(objectOf(fixture['schema']), 'spec.validation.openAPIV3Schema');
  const entries = listOf(fixture['answers']).map(objectOf);
  describe(`${textOf(fixture['definition'])}, as kube-apiserver ${textOf(fixture['server'])} answers`, () => {
    it.each(entries.map((entry) => ({ entry, name: textOf(entry['name']) })))('$name', ({ entry }) => {
      const old = entry['old'] === undefined ? undefined : objectOf(entry['old']);
      expect(answerOf(handler, objectOf(entry['object']), old)).toEqual(recorded(objectOf(entry['answer'])));
    });
  });
}
