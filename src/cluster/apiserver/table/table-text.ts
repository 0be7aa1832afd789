import type { Instant } from '../../../api/instant.js';
import type { JsonObject } from '../../../api/json.js';
import type { ApiObject } from '../../api-object.js';
import { badRequestError } from '../errors.js';
import type { KindInfo } from '../kinds.js';
import { metadataText, objectText } from '../object-text.js';
import { printerFor } from './printers.js';

/** What stands beside the cells of a row: nothing, the object's metadata, or all of it. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Reads the query parameter `includeObject`. Throws 400. */
export function readIncludeObject(text: string | undefined): IncludeObject {
  switch (text ?? '') {
    case '':
    case 'Metadata':
      return 'Metadata';
    case 'None':
      return 'None';
    case 'Object':
      return 'Object';
    default:
      throw badRequestError(`unrecognized includeObject value: ${JSON.stringify(text)}`);
  }
}

export interface TableSettings {
  readonly include: IncludeObject;
  readonly now: Instant;
  /** False: the columns were told by an earlier table of the same watch. */
  readonly withColumns: boolean;
}

/** Objects of one kind as a meta.k8s.io/v1 Table, in JSON. `metadata` is the list's. */
export function tableText(
  objects: readonly ApiObject[],
  kind: KindInfo,
  { metadata, include, now, withColumns }: TableSettings & { readonly metadata: JsonObject },
): string {
  const { columns, cells, conditions } = printerFor(kind);
  const rows = objects.map((object) => {
    const shown =
      include === 'None'
        ? ',"object":null'
        : `,"object":${include === 'Object' ? objectText(object, kind) : metadataText(object)}`;
    const told = conditions?.(object) ?? [];
    const more = told.length === 0 ? '' : `,"conditions":${JSON.stringify(told)}`;
    return `{"cells":${JSON.stringify(cells(object, now))}${more}${shown}}`;
  });
  const head = JSON.stringify({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? columns.map((column) => ({ ...column })) : null,
  });
  return `${head.slice(0, -1)},"rows":[${rows.join(',')}]}`;
}
