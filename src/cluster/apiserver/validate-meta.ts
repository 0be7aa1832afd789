import type { ApiMeta, ApiOwner } from '../api-object.js';
import type { FieldError } from '../field-error.js';
import { forbidden, invalid, required, showValue } from '../field-error.js';
import type { Json } from '../../api/json.js';
import type { KindInfo } from './kinds.js';
import { labelFaults, labelValueFaults, pathFaults, qualifiedNameFaults, subdomainFaults } from './meta-names.js';

/** Bytes of all annotations together (apimachinery TotalAnnotationSizeLimitB). */
const MAX_ANNOTATION_BYTES = 256 * 1024;
const STANDARD_FINALIZERS: readonly string[] = ['orphan', 'foregroundDeletion', 'kubernetes'];

const RULES: Readonly<Record<KindInfo['nameRule'], (name: string) => readonly string[]>> = {
  subdomain: subdomainFaults,
  label: labelFaults,
  path: pathFaults,
};

/** apimachinery ValidateObjectMeta, for a new object. */
export function validateMeta(meta: ApiMeta, kind: KindInfo): readonly FieldError[] {
  return [...nameErrors(meta, kind), ...commonErrors(meta, kind)];
}

/** apimachinery ValidateObjectMetaUpdate, after the server has put back what a client may leave out. */
export function validateMetaUpdate(meta: ApiMeta, old: ApiMeta, kind: KindInfo): readonly FieldError[] {
  const immutable = (field: keyof ApiMeta & string): readonly FieldError[] =>
    meta[field] === old[field] ? [] : [invalid(`metadata.${field}`, meta[field], 'field is immutable')];
  return [
    ...addedFinalizers(meta, old),
    ...immutable('name'),
    ...immutable('namespace'),
    ...immutable('uid'),
    ...immutable('creationTimestamp'),
    ...immutable('deletionTimestamp'),
    ...immutable('deletionGracePeriodSeconds'),
    ...commonErrors(meta, kind),
  ];
}

function nameErrors(meta: ApiMeta, kind: KindInfo): readonly FieldError[] {
  const errors: FieldError[] = [];
  const rule = RULES[kind.nameRule];
  if (meta.generateName !== undefined) {
    // What follows the prefix may end what the prefix may not (apimachinery maskTrailingDash).
    const prefix = meta.generateName.replace(/-$/, 'a');
    errors.push(...rule(prefix).map((fault) => invalid('metadata.generateName', meta.generateName, fault)));
  }
  if (meta.name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...rule(meta.name).map((fault) => invalid('metadata.name', meta.name, fault)));
  return errors;
}

function commonErrors(meta: ApiMeta, kind: KindInfo): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generation !== undefined && meta.generation < 0)
    errors.push(invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'));
  for (const [key, value] of Object.entries(meta.labels ?? {})) {
    errors.push(...qualifiedNameFaults(key).map((fault) => invalid('metadata.labels', key, fault)));
    errors.push(...labelValueFaults(value).map((fault) => invalid('metadata.labels', value, fault)));
  }
  errors.push(...annotationErrors(meta.annotations ?? {}), ...ownerErrors(meta.ownerReferences ?? []));
  meta.finalizers?.forEach((finalizer, index) => {
    errors.push(...finalizerErrors(finalizer, `metadata.finalizers[${index}]`, kind));
  });
  return errors;
}

function annotationErrors(annotations: Readonly<Record<string, string>>): readonly FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const faults = qualifiedNameFaults(key.toLowerCase());
    errors.push(...faults.map((fault) => invalid('metadata.annotations', key, fault)));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES)
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    });
  return errors;
}

function ownerErrors(owners: readonly ApiOwner[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const path = 'metadata.ownerReferences';
  for (const owner of owners) {
    if (owner.apiVersion === '') errors.push(invalid(`${path}.apiVersion`, '', 'version must not be empty'));
    for (const field of ['kind', 'name', 'uid'] as const)
      if (owner[field] === '') errors.push(invalid(`${path}.${field}`, '', 'must not be empty'));
  }
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first !== undefined && second !== undefined) {
    const found = `${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${found}`;
    errors.push(invalid(path, owners, why));
  }
  return errors;
}

function finalizerErrors(finalizer: string, path: string, kind: KindInfo): readonly FieldError[] {
  const faults = qualifiedNameFaults(finalizer);
  if (faults.length > 0) return faults.map((fault) => invalid(path, finalizer, fault));
  if (!kind.finalizersQualified || finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return [];
  return [invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
}

function addedFinalizers(meta: ApiMeta, old: ApiMeta): readonly FieldError[] {
  if (old.deletionTimestamp === undefined) return [];
  const added = (meta.finalizers ?? []).filter((name) => !(old.finalizers ?? []).includes(name));
  if (added.length === 0) return [];
  const list = `[]string{${added.map((name: Json) => showValue(name)).join(', ')}}`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbidden('metadata.finalizers', why)];
}
