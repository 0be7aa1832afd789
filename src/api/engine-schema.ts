import { CRD_MANIFESTS } from './generated/crd-manifests.js';
import { type Json, type JsonObject, isJsonArray, isJsonObject } from './json.js';

/**
 * The schema of `status.engine`, as the CRD of every kind of runs holds it. A kind of somebody else's needs it in its CRD
 * too: what a schema does not name the API server drops.
 */
export const ENGINE_SCHEMA: JsonObject = engineSchema();

function engineSchema(): JsonObject {
  for (const manifest of CRD_MANIFESTS) {
    const [version] = listAt(objectAt(manifest, 'spec'), 'versions');
    const path = ['schema', 'openAPIV3Schema', 'properties', 'status', 'properties', 'engine'];
    const schema = path.reduce<Json | undefined>((value, name) => objectAt(value, name), version);
    if (isJsonObject(schema)) return schema;
  }
  throw new Error('no CRD holds the schema of status.engine; run: npm run generate');
}

function objectAt(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function listAt(value: Json | undefined, name: string): readonly Json[] {
  const list = objectAt(value, name);
  return isJsonArray(list) ? list : [];
}
