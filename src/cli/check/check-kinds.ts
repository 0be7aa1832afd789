import { canonicalJson } from '../../api/canonical-json.js';
import { CRD_MANIFESTS } from '../../api/generated/crd-manifests.js';
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '../../api/json.js';
import { ApiError, type Client } from '../../runtime/index.js';
import { type Finding, fine, trouble } from './finding.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const INSTALL = 'kubectl apply --server-side -k crds/';

/** Lockstep's kinds are served, as this program knows them. */
export async function checkKinds(client: Pick<Client, 'call'>): Promise<Finding> {
  const states = await Promise.all(
    CRD_MANIFESTS.map(async (manifest) => ({ name: nameOf(manifest), state: await stateOf(client, manifest) })),
  );
  const of = (state: KindState): readonly string[] =>
    states.filter((each) => each.state === state).map(({ name }) => name);
  const [missing, other, unserved] = [of('missing'), of('other'), of('unserved')];
  if (missing.length > 0)
    return trouble('kinds', 'fail', {
      says: 'the CRDs of Lockstep are not (all) installed',
      details: missing,
      todo: INSTALL,
    });
  if (unserved.length > 0)
    return trouble('kinds', 'fail', {
      says: 'the API server does not serve these kinds',
      details: unserved,
      todo: `kubectl describe crd ${unserved.join(' ')}`,
    });
  if (other.length > 0)
    return trouble('kinds', 'fail', {
      says: 'these CRDs are of another version of Lockstep than this program: a status may be refused',
      details: other,
      todo: INSTALL,
    });
  const plurals = states.map(({ name }) => name.replace(/[.].*$/, '')).join(', ');
  return fine(
    'kinds',
    `${plurals} are served${of('unreadable').length > 0 ? ' (their schemas may not be read)' : ', in this version'}`,
  );
}

type KindState = 'missing' | 'unserved' | 'other' | 'same' | 'unreadable';

async function stateOf(client: Pick<Client, 'call'>, manifest: JsonObject): Promise<KindState> {
  try {
    const found = await client.call({ method: 'GET', path: `${DEFINITIONS}/${nameOf(manifest)}` });
    if (!isJsonObject(found) || !isEstablished(found)) return 'unserved';
    return canonicalJson(versionsOf(found)) === canonicalJson(versionsOf(manifest)) ? 'same' : 'other';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 404) return 'missing';
    if (error.code === 403) return discovered(client, manifest);
    throw error;
  }
}

/** Everybody may ask what is served. */
async function discovered(client: Pick<Client, 'call'>, manifest: JsonObject): Promise<KindState> {
  const [plural = '', ...group] = nameOf(manifest).split('.');
  try {
    const list = await client.call({ method: 'GET', path: `/apis/${group.join('.')}/v1alpha1` });
    const resources = isJsonObject(list) && isJsonArray(list['resources']) ? list['resources'] : [];
    return resources.some((resource) => isJsonObject(resource) && resource['name'] === plural)
      ? 'unreadable'
      : 'missing';
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return 'missing';
    throw error;
  }
}

function isEstablished(definition: JsonObject): boolean {
  const status = definition['status'];
  const conditions = isJsonObject(status) && isJsonArray(status['conditions']) ? status['conditions'] : [];
  return conditions.some((each) => isJsonObject(each) && each['type'] === 'Established' && each['status'] === 'True');
}

function versionsOf(definition: JsonObject): Json {
  return (isJsonObject(definition['spec']) ? definition['spec']['versions'] : null) ?? null;
}

function nameOf({ metadata }: JsonObject): string {
  return isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}
