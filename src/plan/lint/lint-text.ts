import type { FieldProblem } from '../../api/field-problem.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { parsePath } from '../field-path.js';
import { isNestedDeeperThan } from '../nesting.js';
import { suggestion } from '../suggestion.js';
import type { Translator } from '../translator.js';
import { checkSchema, type SchemaFault } from './check-schema.js';
import { nameFaults } from './name-faults.js';
import { readYaml, type SourcePosition, type YamlDocument } from './yaml-source.js';

/** Something that is wrong with a text, and where; line and column count from 1. */
export interface LintProblem extends FieldProblem, SourcePosition {}

interface LintOptions {
  /** CustomResourceDefinitions: documents of their groups are checked, all others only for their syntax. */
  readonly crds: readonly JsonObject[];
  /** Their kinds are planned too. */
  readonly translators: readonly Translator[];
}

/** Deeper than any workflow; what walks a document recursively is safe within it. */
const MAX_NESTING = 100;

/**
 * Everything that is wrong with a YAML text, in the order of its lines: its syntax, fields that its kind does not have,
 * values that the schema refuses, and what the plan refuses. Each problem has the path of the field in its document and
 * the position of its key or value. Never throws.
 */
export function lintText(text: string, { crds, translators }: LintOptions): readonly LintProblem[] {
  const problems = readYaml(text).flatMap((document) => lintDocument(document, { crds, translators }));
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function lintDocument(document: YamlDocument, options: LintOptions): LintProblem[] {
  if (document.faults.length > 0) return document.faults.map((fault) => ({ path: '', ...fault }));
  const { value } = document;
  if (value === null) return [];
  const faults = isNestedDeeperThan(value, MAX_NESTING)
    ? [refusal('', `is nested more than ${MAX_NESTING} levels deep`)]
    : faultsOf(value, options);
  return faults.map(({ path, message, target }) => ({
    path,
    message,
    ...document.positionOf(parsePath(path) ?? [], target),
  }));
}

function faultsOf(value: Json, { crds, translators }: LintOptions): readonly SchemaFault[] {
  if (!isJsonObject(value)) return [refusal('', 'must be a Kubernetes object, with apiVersion and kind')];
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string') return [refusal('apiVersion', 'is required, and must be a string')];
  if (typeof kind !== 'string') return [refusal('kind', 'is required, and must be a string')];
  const ours = crds.flatMap(versionsOf);
  const sameGroup = ours.filter((each) => groupOf(each.apiVersion) === groupOf(apiVersion));
  if (sameGroup.length === 0) return [];
  const known = sameGroup.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (known === undefined) return [unknownKind({ apiVersion, kind }, sameGroup)];
  const translator = translators.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  const planned = translator === undefined ? null : translator.toPlan(isJsonObject(value['spec']) ? value['spec'] : {});
  const plan =
    planned === null || planned.ok ? [] : planned.problems.map(({ path, message }) => refusal(path, message));
  // Where both refuse a value, the plan knows better why.
  const names = nameFaults(value).map(({ path, message }) => refusal(path, message));
  const schema = [...names, ...checkSchema(value, withOpenMetadata(known.schema))].filter(
    (fault) => fault.target === 'key' || !plan.some((other) => other.path === fault.path),
  );
  return [...schema, ...plan.filter((problem) => !schema.some((fault) => covers(fault, problem)))];
}

/** What the plan says of something that is missing or has no sensible type is said by the schema already. */
function covers(fault: SchemaFault, problem: SchemaFault): boolean {
  return fault.path === problem.path && fault.target === problem.target;
}

function refusal(path: string, message: string): SchemaFault {
  return { path, message, target: 'value' };
}

interface KnownKind {
  readonly apiVersion: string;
  readonly kind: string;
}

function unknownKind({ apiVersion, kind }: KnownKind, known: readonly KnownKind[]): SchemaFault {
  const kinds = known.filter((each) => each.apiVersion === apiVersion).map((each) => each.kind);
  if (kinds.length > 0) return refusal('kind', `there is no kind ${kind} in ${apiVersion}${suggestion(kind, kinds)}`);
  const versions = [...new Set(known.map((each) => each.apiVersion))];
  return refusal('apiVersion', `there is no version ${apiVersion}${suggestion(apiVersion, versions)}`);
}

/** `lockstep.dev` of `lockstep.dev/v1alpha1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.split('/').slice(0, -1).join('/');
}

function versionsOf(crd: JsonObject): (KnownKind & { readonly schema: JsonObject })[] {
  const spec = isJsonObject(crd['spec']) ? crd['spec'] : {};
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const { group } = spec;
  const { kind } = names;
  if (typeof group !== 'string' || typeof kind !== 'string' || !isJsonArray(spec['versions'])) return [];
  return spec['versions'].flatMap((version) => {
    if (!isJsonObject(version) || typeof version['name'] !== 'string' || !isJsonObject(version['schema'])) return [];
    const schema = version['schema']['openAPIV3Schema'];
    return isJsonObject(schema) ? [{ apiVersion: `${group}/${version['name']}`, kind, schema }] : [];
  });
}

/** What metadata may hold is the API server's business, not the CRD's, which only limits some of it. */
function withOpenMetadata(schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const metadata = isJsonObject(properties['metadata']) ? properties['metadata'] : { type: 'object' };
  return {
    ...schema,
    properties: { ...properties, metadata: { ...metadata, 'x-kubernetes-preserve-unknown-fields': true } },
  };
}
