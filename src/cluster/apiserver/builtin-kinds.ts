import type { SchemaSource } from '../schema-port.js';
import { OPEN_SCHEMA } from '../schema-port.js';
import type { KindInfo, SelectableField } from './kinds.js';
import { selectableField, valueAt } from './kinds.js';

type Shape = Pick<KindInfo, 'group' | 'version' | 'plural' | 'kind'> &
  Partial<Omit<KindInfo, 'selectable' | 'schema'>> & { readonly fields?: readonly string[] };

const POD_FIELDS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];

const EVENT_FIELDS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'type',
];

const core = { group: '', version: 'v1' } as const;
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', nameRule: 'path', createOnUpdate: true } as const;

/**
 * Strategies of the real server's registries (pkg/registry): which kinds have generations, may be created by PUT, answer
 * the deleted object, and so on.
 */
const SHAPES: readonly Shape[] = [
  {
    ...core,
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    hasStatus: true,
    nameRule: 'label',
    shortNames: ['ns'],
    fields: ['status.phase'],
    returnsDeleted: true,
  },
  {
    ...core,
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
    hasStatus: true,
    keepsStatusOnCreate: true,
    shortNames: ['no'],
    fields: ['spec.unschedulable'],
  },
  {
    ...core,
    plural: 'pods',
    kind: 'Pod',
    hasStatus: true,
    generation: 'spec',
    shortNames: ['po'],
    categories: ['all'],
    fields: POD_FIELDS,
    returnsDeleted: true,
  },
  { ...core, plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] },
  { ...core, plural: 'secrets', kind: 'Secret', fields: ['type'] },
  { ...core, plural: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'], returnsDeleted: true },
  {
    ...core,
    plural: 'events',
    kind: 'Event',
    shortNames: ['ev'],
    fields: EVENT_FIELDS,
    createOnUpdate: true,
    nameRule: 'path',
    finalizersQualified: false,
  },
  {
    ...core,
    plural: 'resourcequotas',
    kind: 'ResourceQuota',
    hasStatus: true,
    shortNames: ['quota'],
    returnsDeleted: true,
  },
  { ...core, plural: 'limitranges', kind: 'LimitRange', shortNames: ['limits'], createOnUpdate: true },
  {
    ...core,
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    hasStatus: true,
    shortNames: ['pvc'],
    returnsDeleted: true,
  },
  {
    group: 'batch',
    version: 'v1',
    plural: 'jobs',
    kind: 'Job',
    hasStatus: true,
    generation: 'spec',
    categories: ['all'],
    fields: ['status.successful'],
    orphansByDefault: true,
  },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    createOnUpdate: true,
    finalizersQualified: false,
  },
  { group: 'apps', version: 'v1', plural: 'controllerrevisions', kind: 'ControllerRevision' },
  { ...rbac, plural: 'roles', kind: 'Role' },
  { ...rbac, plural: 'rolebindings', kind: 'RoleBinding' },
  { ...rbac, plural: 'clusterroles', kind: 'ClusterRole', namespaced: false },
  { ...rbac, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    hasStatus: true,
    generation: 'spec',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
  },
];

/** A Job's only selectable field counts what succeeded; absent is 0 (pkg/registry/batch/job JobSelectableFields). */
const successfulJobs: SelectableField = {
  path: 'status.successful',
  read: (job) => {
    const count = valueAt(job, ['status', 'succeeded']);
    return typeof count === 'number' ? String(count) : '0';
  },
};

function field(path: string): SelectableField {
  return path === successfulJobs.path ? successfulJobs : selectableField(path);
}

/** The kinds that are there from the start. */
export function builtinKinds(schemas: SchemaSource): readonly KindInfo[] {
  return SHAPES.map(({ fields = [], ...shape }) => ({
    singular: shape.kind.toLowerCase(),
    listKind: `${shape.kind}List`,
    shortNames: [],
    categories: [],
    namespaced: true,
    custom: false,
    hasStatus: false,
    generation: 'none',
    nameRule: 'subdomain',
    finalizersQualified: true,
    ownFieldLabels: fields.length > 0,
    createOnUpdate: false,
    returnsDeleted: false,
    orphansByDefault: false,
    keepsStatusOnCreate: false,
    storageVersion: shape.version,
    columns: [],
    document: undefined,
    since: 0,
    selectable: fields.map(field),
    schema: schemas.builtin(shape.group, shape.plural) ?? OPEN_SCHEMA,
    ...shape,
  }));
}
