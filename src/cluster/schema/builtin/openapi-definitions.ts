import type { JsonObject } from '../../../api/json.js';
import type { BuiltinDefinitions } from '../../schema-port.js';
import { structFields, structNames } from './kind-shapes.js';
import { PATCH_STRATEGIES } from './patch-strategies.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const META_STRUCTS: readonly string[] = [
  'FieldsV1',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
];

/** The Go package of a group's kinds. */
const PACKAGES: readonly (readonly [group: string, name: string, roots: readonly string[]])[] = [
  ['', 'io.k8s.api.core.v1', ['Pod', 'Namespace', 'Node', 'ConfigMap', 'Secret', 'ServiceAccount', 'Event']],
  ['', 'io.k8s.api.core.v1', ['ResourceQuota', 'LimitRange', 'PersistentVolumeClaim']],
  ['batch', 'io.k8s.api.batch.v1', ['Job']],
  ['coordination.k8s.io', 'io.k8s.api.coordination.v1', ['Lease']],
  ['apps', 'io.k8s.api.apps.v1', ['ControllerRevision']],
  ['rbac.authorization.k8s.io', 'io.k8s.api.rbac.v1', ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']],
  ['apiextensions.k8s.io', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1', ['CustomResourceDefinition']],
];

let made: BuiltinDefinitions | undefined;

/** The structs of the built-in kinds as OpenAPI v3 schemas: their fields and types, without the words of the reference. */
export function builtinDefinitions(): BuiltinDefinitions {
  made ??= makeDefinitions();
  return made;
}

function makeDefinitions(): BuiltinDefinitions {
  const names = new Map<string, string>(META_STRUCTS.map((struct) => [struct, `${META}.${struct}`]));
  // A struct belongs to the first package that needs it: the others refer to it there.
  for (const [, name, roots] of PACKAGES) for (const root of roots) nameReachable(root, name, names);
  const schemas: Record<string, JsonObject> = {};
  for (const struct of structNames()) {
    const name = names.get(struct);
    if (name !== undefined) schemas[name] = schemaOf(struct, names);
  }
  return {
    schemas,
    nameOf: (group, kind) => (PACKAGES.some(([each]) => each === group) ? names.get(kind) : undefined),
  };
}

function nameReachable(struct: string, packageName: string, names: Map<string, string>): void {
  const fields = structFields(struct);
  if (fields === undefined || names.has(struct)) return;
  names.set(struct, `${packageName}.${struct}`);
  for (const type of fields.values()) nameReachable(plainType(type), packageName, names);
}

function plainType(type: string): string {
  return type.replace(/(\[\]|\{\})+$/, '');
}

function schemaOf(struct: string, names: ReadonlyMap<string, string>): JsonObject {
  const properties: Record<string, JsonObject> = {};
  for (const [field, type] of structFields(struct) ?? [])
    properties[field] = { ...typeSchema(type, names), ...PATCH_STRATEGIES[`${struct}.${field}`] };
  return { type: 'object', properties };
}

function typeSchema(type: string, names: ReadonlyMap<string, string>): JsonObject {
  if (type.endsWith('[]')) return { type: 'array', items: typeSchema(type.slice(0, -2), names) };
  if (type.endsWith('{}')) return { type: 'object', additionalProperties: typeSchema(type.slice(0, -2), names) };
  const name = names.get(type);
  return name === undefined ? scalarSchema(type) : { allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

function scalarSchema(type: string): JsonObject {
  switch (type) {
    case 'bool':
      return { type: 'boolean' };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: type };
    case 'float64':
      return { type: 'number', format: 'double' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'quantity':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'intOrString':
      return { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' };
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' };
    case 'string':
      return { type: 'string' };
    default:
      // What may be anything.
      return { 'x-kubernetes-preserve-unknown-fields': true };
  }
}
