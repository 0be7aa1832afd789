import type { ApiObject } from '../api-object.js';
import type { KindInfo } from './kinds.js';
import { apiVersionOf } from './kinds.js';
import { toVersion } from './versions.js';

const texts = new WeakMap<ApiObject, string>();

/** An object as JSON, made once however many read or watch it. */
export function objectText(object: ApiObject, kind: KindInfo): string {
  const shown = toVersion(object, kind);
  let text = texts.get(shown);
  if (text === undefined) {
    const { kind: name, apiVersion, metadata, ...rest } = shown;
    // kind and apiVersion first: where an object stands in a list of built-ins they are cut off again.
    text = JSON.stringify({ kind: name, apiVersion, metadata: shownMeta(metadata), ...rest });
    texts.set(shown, text);
  }
  return text;
}

/** Only the metadata of an object, as a meta.k8s.io/v1 PartialObjectMetadata. */
export function metadataText({ metadata }: ApiObject): string {
  const shown = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: shownMeta(metadata) };
  return JSON.stringify(shown);
}

/** A dry run has no version yet. */
function shownMeta(metadata: ApiObject['metadata']) {
  return metadata.resourceVersion === '' ? { ...metadata, resourceVersion: undefined } : metadata;
}

/** An object in a list: the real server leaves out kind and apiVersion of built-in items. */
export function itemText(object: ApiObject, kind: KindInfo): string {
  const text = objectText(object, kind);
  if (kind.custom) return text;
  const head = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(apiVersionOf(kind))},`;
  return text.startsWith(head) ? `{${text.slice(head.length)}` : text;
}
