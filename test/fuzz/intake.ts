import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import { API_VERSION } from '../../src/api/names.js';
import type { Json, JsonObject } from '../../src/api/json.js';
import { isJsonArray, isJsonObject } from '../../src/api/json.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../../src/cluster/index.js';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import { parsePath } from '../../src/plan/field-path.js';
import { toPlan } from '../../src/plan/workflow-execution/to-plan.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** What becomes of a spec before it runs. */
export type Taken =
  | { readonly is: 'accepted'; readonly spec: JsonObject }
  | { readonly is: 'refused'; readonly by: 'API server' | 'plan' }
  /** Neither: what must not be. */
  | { readonly is: 'mishandled'; readonly why: string };

export type Intake = (spec: Json) => Promise<Taken>;

const NAMESPACE = 'shop';

/** The way of every spec: the API server with our schemas (a dry run), and then the translator. */
export async function startIntake(): Promise<Intake> {
  const server = new ApiServer({ clock: new VirtualClock(), schemas: clusterSchemas, admission: clusterAdmission });
  const post = (path: string, body: Json, query: Readonly<Record<string, string>> = {}) =>
    server.handle({
      method: 'POST',
      path,
      query,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (const manifest of CRD_MANIFESTS) await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', manifest);
  await server
    .localClient()
    .create(
      { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    );
  const runs = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/workflowexecutions`;
  return async (spec) => {
    const run = { apiVersion: API_VERSION, kind: 'WorkflowExecution', metadata: { name: 'web' }, spec };
    const { status, body } = await post(runs, run, { dryRun: 'All', fieldValidation: 'Strict' });
    const answer: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (!isJsonObject(answer)) return { is: 'mishandled', why: `the API server answered ${status} without an object` };
    return status === 201 ? plan(answer) : refusal(status, answer);
  };
}

function plan({ spec }: JsonObject): Taken {
  if (!isJsonObject(spec)) return { is: 'mishandled', why: 'what was accepted has no spec' };
  const planned = toPlan(spec, INPUT_CHECKS);
  if (planned.ok) return { is: 'accepted', spec };
  const pathless = planned.problems.filter(({ path }) => parsePath(path)?.[0] !== 'spec');
  if (planned.problems.length === 0 || pathless.length > 0)
    return { is: 'mishandled', why: `the plan refuses it without a path: ${JSON.stringify(pathless)}` };
  return { is: 'refused', by: 'plan' };
}

/** A path: in the causes of a validation, or in the message of a strict decoding. */
function refusal(status: number, answer: JsonObject): Taken {
  const { message, details } = answer;
  const causes = isJsonObject(details) && isJsonArray(details['causes']) ? details['causes'] : [];
  const fields = causes.map((cause) => (isJsonObject(cause) ? cause['field'] : undefined));
  const named = fields.some((field) => typeof field === 'string' && /^(spec|<nil>)/.test(field));
  const told = typeof message === 'string' && /"?spec(\.|\b)/.test(message);
  if ((status === 422 || status === 400) && (named || told)) return { is: 'refused', by: 'API server' };
  return {
    is: 'mishandled',
    why: `the API server answered ${status}: ${JSON.stringify(message ?? null).slice(0, 300)}`,
  };
}
