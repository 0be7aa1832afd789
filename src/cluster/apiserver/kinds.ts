import type { Json, JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { SchemaHandler } from '../schema-port.js';

/** A field that a field selector may name. */
export interface SelectableField {
  readonly path: string;
  /** What is compared: the text of the value, '' where it is absent. */
  read(object: ApiObject): string;
}

/** Everything that the generic handlers know of one version of a resource. */
export interface KindInfo {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Custom resources differ in small ways: no update without a resourceVersion, lists whose items name their kind. */
  readonly custom: boolean;
  /** Whether there is a /status, and the main resource therefore leaves status alone. */
  readonly hasStatus: boolean;
  /** What a change of counts as a new generation. `spec`: spec; `content`: all but metadata and status. */
  readonly generation: 'none' | 'spec' | 'content';
  /** Of custom resources: additionalPrinterColumns, as written. */
  readonly columns: readonly JsonObject[];
  /** Of custom resources: the openAPIV3Schema, as written; undefined for built-in kinds. */
  readonly document: JsonObject | undefined;
  /** Whether a finalizer has to be a standard one or qualified: pkg/apis/core asks for that, apimachinery does not. */
  readonly finalizersQualified: boolean;
  /** Which rule a name must obey (apimachinery validation names.go). */
  readonly nameRule: 'subdomain' | 'label' | 'path';
  readonly selectable: readonly SelectableField[];
  /** Wording of an unknown field selector: built-ins with conversions of their own, and custom resources, differ. */
  readonly ownFieldLabels: boolean;
  /** A PUT of a missing object creates it. */
  readonly createOnUpdate: boolean;
  /** A delete answers the object instead of a Status. */
  readonly returnsDeleted: boolean;
  /** Dependents are left alone where a delete names no policy (batch/v1 Jobs). */
  readonly orphansByDefault: boolean;
  /** Other spellings of status kept by a create (nodes register themselves with one). */
  readonly keepsStatusOnCreate: boolean;
  /** The version that is stored; others differ in apiVersion only (conversion strategy None). */
  readonly storageVersion: string;
  readonly schema: SchemaHandler;
  /** Objects of older revisions were written under another schema, and are pruned and defaulted when they are read. */
  readonly since: number;
}

export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `pods`, `jobs.batch`: how messages name a resource. */
export function groupResource(kind: { readonly group: string; readonly plural: string }): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `Pod`, `Job.batch`. */
export function groupKind(kind: { readonly group: string; readonly kind: string }): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}

/** Where a kind's objects are kept, whatever the version. */
export function storageKey(kind: { readonly group: string; readonly plural: string }): string {
  return `${kind.group}/${kind.plural}`;
}

/** `/api/v1`, `/apis/batch/v1`. */
export function groupVersionPath({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

export function objectKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The value at a path of plain member names. */
export function valueAt(object: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const member of path) {
    if (!isJsonObject(value)) return undefined;
    value = value[member];
  }
  return value;
}

/** A selectable field that is read at its own path (`spec.nodeName`, `.spec.nodeName`). */
export function selectableField(path: string): SelectableField {
  const members = path.replace(/^\./, '').split('.');
  return {
    path: members.join('.'),
    read: (object) => {
      const value = valueAt(object, members);
      return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
    },
  };
}

/** All kinds that are served now. */
export class KindTable {
  readonly #byVersion = new Map<string, KindInfo>();

  get(group: string, version: string, plural: string): KindInfo | undefined {
    return this.#byVersion.get(`${group}/${version}/${plural}`);
  }

  /** Any served version of a resource: its stored form is the same. */
  find(group: string, plural: string): KindInfo | undefined {
    for (const kind of this.#byVersion.values()) if (kind.group === group && kind.plural === plural) return kind;
    return undefined;
  }

  all(): readonly KindInfo[] {
    return [...this.#byVersion.values()];
  }

  add(kind: KindInfo): void {
    this.#byVersion.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
  }

  /** Stops serving every version of a resource. */
  remove(group: string, plural: string): void {
    for (const [key, kind] of this.#byVersion)
      if (kind.group === group && kind.plural === plural) this.#byVersion.delete(key);
  }
}
