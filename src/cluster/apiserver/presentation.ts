import type { ApiRequest } from '../../api/http.js';
import type { Instant } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { readView, type View } from './accept.js';
import { listMetadata, listText } from './answers.js';
import { apiVersionOf, type KindInfo } from './kinds.js';
import type { ListPage } from './list.js';
import { metadataText, objectText } from './object-text.js';
import { type IncludeObject, readIncludeObject, tableText } from './table/table-text.js';

/** In which form a client wants to see objects. */
export interface Presentation {
  readonly view: View;
  /** Of tables: what stands beside the cells. */
  readonly include: IncludeObject;
  /** The ages in a table are told as of now. */
  readonly now: Instant;
}

/** Reads what a request asks for. Throws 406, and 400 for an `includeObject` that there is not. */
export function readPresentation(request: ApiRequest, now: Instant): Presentation {
  const view = readView(request.headers?.['accept'] ?? '');
  return { view, include: view === 'table' ? readIncludeObject(request.query?.['includeObject']) : 'Metadata', now };
}

/** One object, in JSON. */
export function presentObject(object: ApiObject, kind: KindInfo, presentation: Presentation): string {
  switch (presentation.view) {
    case 'object':
      return objectText(object, kind);
    case 'metadata':
      return metadataText(object);
    case 'table': {
      const metadata = { resourceVersion: object.metadata.resourceVersion };
      return tableText([object], kind, { ...presentation, metadata, withColumns: true });
    }
  }
}

/** A page of a list, in JSON. */
export function presentList(page: ListPage, kind: KindInfo, presentation: Presentation): string {
  switch (presentation.view) {
    case 'object':
      return listText(page, kind);
    case 'metadata': {
      const head = {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: listMetadata(page, kind),
      };
      return `${JSON.stringify(head).slice(0, -1)},"items":[${page.items.map(metadataText).join(',')}]}`;
    }
    case 'table':
      return tableText(page.items, kind, { ...presentation, metadata: listMetadata(page, kind), withColumns: true });
  }
}

/** How a watch shows what it tells. */
export interface WatchPresenter {
  object(object: ApiObject): string;
  bookmark(revision: number): string;
}

/** For one watch: of tables only the first tells the columns. */
export function watchPresenter(
  kind: KindInfo,
  { presentation, now }: { readonly presentation: Presentation; readonly now: () => Instant },
): WatchPresenter {
  const { view, include } = presentation;
  if (view !== 'table') {
    return {
      object: (object) => presentObject(object, kind, presentation),
      bookmark: (revision) =>
        JSON.stringify({
          ...(view === 'object'
            ? { kind: kind.kind, apiVersion: apiVersionOf(kind) }
            : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }),
          metadata: { resourceVersion: String(revision), creationTimestamp: null },
        }),
    };
  }
  let withColumns = true;
  const table = (objects: readonly ApiObject[], metadata: JsonObject): string => {
    const text = tableText(objects, kind, { include, now: now(), metadata, withColumns });
    withColumns = false;
    return text;
  };
  return {
    object: (object) => table([object], { resourceVersion: object.metadata.resourceVersion }),
    bookmark: (revision) => table([], { resourceVersion: String(revision) }),
  };
}
