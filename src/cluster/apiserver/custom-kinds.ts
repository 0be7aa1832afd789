import type { Json, JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { FieldError } from '../field-error.js';
import { invalid, required } from '../field-error.js';
import type { SchemaSource } from '../schema-port.js';
import { FieldErrorsError, OPEN_SCHEMA } from '../schema-port.js';
import type { KindInfo } from './kinds.js';
import { selectableField, valueAt } from './kinds.js';

/** Turns CustomResourceDefinitions into kinds. Compiling a schema is dear, so each stored definition is compiled once. */
export class CustomKinds {
  /** Where definitions are stored. */
  readonly resource = 'apiextensions.k8s.io/customresourcedefinitions';
  readonly #schemas: SchemaSource;
  /** By `spec`, which a change of status or metadata shares. */
  readonly #compiled = new WeakMap<object, readonly KindInfo[]>();

  constructor(schemas: SchemaSource) {
    this.#schemas = schemas;
  }

  /** The served versions. Throws FieldErrorsError where the definition makes no sense. */
  kindsOf(definition: ApiObject): readonly KindInfo[] {
    const spec = definition['spec'];
    if (!isJsonObject(spec)) throw new FieldErrorsError([required('spec')]);
    let kinds = this.#compiled.get(spec);
    if (kinds === undefined) this.#compiled.set(spec, (kinds = compileKinds(definition, spec, this.#schemas)));
    const since = Number(definition.metadata.resourceVersion);
    return kinds.map((kind) => ({ ...kind, since }));
  }
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const texts = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(text) : []);
const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

function compileKinds(definition: ApiObject, spec: JsonObject, schemas: SchemaSource): readonly KindInfo[] {
  const versions = objects(spec['versions']);
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const errors = specErrors(definition, spec, { names, versions });
  if (errors.length > 0) throw new FieldErrorsError(errors);
  const kind = text(names['kind']);
  const common = {
    group: text(spec['group']),
    plural: text(names['plural']),
    singular: text(names['singular']) || kind.toLowerCase(),
    kind,
    listKind: text(names['listKind']) || `${kind}List`,
    shortNames: texts(names['shortNames']),
    categories: texts(names['categories']),
    namespaced: spec['scope'] === 'Namespaced',
    custom: true,
    generation: 'content',
    nameRule: 'subdomain',
    finalizersQualified: false,
    ownFieldLabels: true,
    createOnUpdate: false,
    returnsDeleted: false,
    orphansByDefault: false,
    keepsStatusOnCreate: false,
    since: 0,
    storageVersion: text(versions.find((version) => version['storage'] === true)?.['name']),
  } as const;
  return versions.flatMap((version, index) => {
    // One version's schema is reported where the definition's internal form has it (the same for all versions).
    const path =
      versions.length === 1 ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`;
    const schema = valueAt(version, ['schema', 'openAPIV3Schema']);
    const handler = isJsonObject(schema) ? schemas.compile(schema, path) : OPEN_SCHEMA;
    if (version['served'] !== true) return [];
    const fields = objects(version['selectableFields']).map((field) => selectableField(text(field['jsonPath'])));
    const hasStatus = isJsonObject(valueAt(version, ['subresources', 'status']));
    const columns = objects(version['additionalPrinterColumns']);
    const document = isJsonObject(schema) ? schema : undefined;
    return [
      { ...common, version: text(version['name']), hasStatus, selectable: fields, schema: handler, columns, document },
    ];
  });
}

/** The faults that would make a kind unusable; much less than the real server checks. */
function specErrors(
  definition: ApiObject,
  spec: JsonObject,
  parts: { readonly names: JsonObject; readonly versions: readonly JsonObject[] },
): readonly FieldError[] {
  const { names, versions } = parts;
  const errors: FieldError[] = [];
  const expected = `${text(names['plural'])}.${text(spec['group'])}`;
  if (text(spec['group']) === '') errors.push(required('spec.group'));
  if (text(names['plural']) === '') errors.push(required('spec.names.plural'));
  if (text(names['kind']) === '') errors.push(required('spec.names.kind'));
  if (errors.length === 0 && definition.metadata.name !== expected)
    errors.push(invalid('metadata.name', definition.metadata.name, `must be spec.names.plural+"."+spec.group`));
  if (spec['scope'] !== 'Namespaced' && spec['scope'] !== 'Cluster') errors.push(required('spec.scope'));
  if (versions.filter((version) => version['storage'] === true).length !== 1)
    errors.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'));
  versions.forEach((version, index) => {
    if (!isJsonObject(valueAt(version, ['schema', 'openAPIV3Schema'])))
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
  });
  if (valueAt(spec, ['conversion', 'strategy']) === 'Webhook')
    errors.push(invalid('spec.conversion.strategy', 'Webhook', 'the embedded API server calls no webhooks; use None'));
  return errors;
}
