import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import type { ApiTransport } from '../../src/api/http.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/api/json.js';
import { createControllers } from '../../src/cluster/controllers/index.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../../src/cluster/index.js';
import { createHttpTransport, delay, loadCredentials, systemClock } from '../../src/runtime/index.js';
import { compareAnswers } from './compare.js';
import { CUSTOM_STEPS } from './custom-steps.js';
import { FROZEN, FROZENS_PATH, GADGETS, GADGETS_PATH } from './gadgets.js';
import { stepsOf } from './kind-steps.js';
import { NORMALISED } from './normalised.js';
import { type Played, Player } from './player.js';
import { SAMPLE_KINDS } from './sample-kinds.js';
import { LAST_STEPS, SELECTOR_STEPS } from './selector-steps.js';
import { SERVER_STEPS } from './server-steps.js';
import { MERGE, NAMESPACE, type Step } from './step.js';
import { TABLE_STEPS } from './table-steps.js';

/** A kubeconfig of a real kube-apiserver with a controller manager: the same script is sent to it. */
const REAL = process.env['LOCKSTEP_TEST_KUBECONFIG'];
if (REAL === undefined)
  process.stderr.write('skipped: the differential suite (LOCKSTEP_TEST_KUBECONFIG names no real API server)\n');

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NAMESPACES = '/api/v1/namespaces';
const SCRIPT = [
  ...SERVER_STEPS,
  ...SELECTOR_STEPS,
  ...CUSTOM_STEPS,
  ...TABLE_STEPS,
  ...SAMPLE_KINDS.flatMap(stepsOf),
  ...LAST_STEPS,
];
/** Changes that the embedded server remembers: more than those of a kind, fewer than those of the script. */
const HISTORY = 300;

it('ignores 20 paths at most, each for a reason', () => {
  expect(NORMALISED.length).toBeLessThanOrEqual(20);
  expect(NORMALISED.every(({ why }) => why.length > 0)).toBe(true);
});

describe.skipIf(REAL === undefined)('the embedded API server answers as the real one', () => {
  const real = new Map<string, Played>();
  const embedded = new Map<string, Played>();
  let compared = 0;
  let ignored = 0;
  const closers: (() => Promise<void>)[] = [];
  /** What the controllers of the embedded cluster could not do. */
  const failures: unknown[] = [];

  beforeAll(async () => {
    const [theirs, ours] = [await openReal(closers), await openEmbedded(closers, failures)];
    for (const [step, answers] of await playOnBoth(new Player(theirs), new Player(ours))) {
      real.set(step.name, answers[0]);
      embedded.set(step.name, answers[1]);
    }
  }, 900_000);

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    process.stderr.write(
      `differential: ${SCRIPT.length} requests; ${compared} values compared, ${ignored} ignored (${NORMALISED.length} paths)\n`,
    );
    // Namespaces and definitions go in the time of the real server's controllers.
  }, 300_000);

  it.each(SCRIPT.map((step) => step.name))('%s', (name) => {
    const [theirs, ours] = [real.get(name), embedded.get(name)];
    if (theirs === undefined || ours === undefined) throw new Error('not played');
    const comparison = compareAnswers(name, theirs.body, ours.body);
    compared += comparison.compared + 1;
    ignored += comparison.ignored;
    const said = [`code ${ours.code}`, ...comparison.differences].join('\n');
    expect(said).toBe(`code ${theirs.code}`);
  });

  it('without a failure in its controllers', () => {
    expect(failures).toEqual([]);
  });

  it('to a script of which no two requests have one name', () => {
    expect(new Set(SCRIPT.map(({ name }) => name)).size).toBe(SCRIPT.length);
  });
});

/** Step by step on both. A watch that ended on one of them before it had told all is asked for again, for longer. */
async function playOnBoth(
  theirs: Player,
  ours: Player,
): Promise<readonly (readonly [Step, readonly [Played, Played]])[]> {
  const played: (readonly [Step, readonly [Played, Played]])[] = [];
  for (const step of SCRIPT) {
    let answers = await Promise.all([theirs.play(step), ours.play(step)]);
    for (const timeoutSeconds of ['5', '30']) {
      if (step.query?.['watch'] !== 'true' || eventsIn(answers[0]) === eventsIn(answers[1])) break;
      const longer = { ...step, query: { ...step.query, timeoutSeconds } };
      answers = await Promise.all([theirs.play(longer), ours.play(longer)]);
    }
    played.push([step, answers]);
  }
  return played;
}

function eventsIn({ body }: Played): number {
  return isJsonArray(body) ? body.length : 0;
}

async function openReal(closers: (() => Promise<void>)[]): Promise<ApiTransport> {
  const { credentials } = await loadCredentials({ kind: 'file', path: REAL ?? '', context: undefined }, systemClock);
  const transport = createHttpTransport({ credentials, clock: systemClock });
  const clean = async (): Promise<void> => {
    // What a run that was broken off has left held.
    for (const { path } of SAMPLE_KINDS)
      await send(transport, 'PATCH', `${path}/one`, { metadata: { finalizers: null } }, MERGE);
    for (const kind of SAMPLE_KINDS.filter(({ path }) => !path.includes('/namespaces/')))
      await send(transport, 'DELETE', `${kind.path}?labelSelector=suite%3Ddifferential`);
    await send(transport, 'DELETE', `${NAMESPACES}/${NAMESPACE}`);
    await until(transport, `${NAMESPACES}/${NAMESPACE}`, 404);
    for (const { metadata } of [GADGETS, FROZEN]) await send(transport, 'DELETE', `${DEFINITIONS}/${nameOf(metadata)}`);
    await until(transport, GADGETS_PATH, 404);
  };
  await clean();
  closers.push(() => {
    transport.close();
    return Promise.resolve();
  }, clean);
  await install(transport);
  return transport;
}

async function openEmbedded(closers: (() => Promise<void>)[], failures: unknown[]): Promise<ApiTransport> {
  const server = new ApiServer({
    clock: systemClock,
    schemas: clusterSchemas,
    admission: clusterAdmission,
    historyLength: HISTORY,
  });
  const controllers = createControllers({
    client: server.localClient(),
    clock: systemClock,
    onError: (error, { controller, key }) => failures.push(`${controller}, ${key}: ${String(error)}`),
  });
  await controllers.start();
  closers.push(async () => {
    await controllers.stop();
    server.close();
  });
  await install(server.transport());
  return server.transport();
}

/** The kinds of the script, and its namespace. */
async function install(transport: ApiTransport): Promise<void> {
  for (const manifest of [...CRD_MANIFESTS, GADGETS, FROZEN]) await send(transport, 'POST', DEFINITIONS, manifest);
  await until(transport, GADGETS_PATH, 200);
  await until(transport, FROZENS_PATH, 200);
  for (const { path } of SAMPLE_KINDS) if (path.includes('lockstep.dev')) await until(transport, path, 200);
  await send(transport, 'POST', NAMESPACES, { metadata: { name: NAMESPACE } });
  await until(transport, `${NAMESPACES}/${NAMESPACE}/serviceaccounts/default`, 200);
}

async function until(transport: ApiTransport, path: string, code: number): Promise<void> {
  const deadline = systemClock.monotonic() + 120_000;
  while ((await send(transport, 'GET', path)) !== code) {
    if (systemClock.monotonic() > deadline) throw new Error(`${path} never answered ${code}`);
    await delay(systemClock, 100);
  }
}

async function send(
  transport: ApiTransport,
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
  url: string,
  body?: Json,
  type = 'application/json',
): Promise<number> {
  const [path = '', query = ''] = url.split('?');
  const { status } = await transport.send({
    method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: { 'content-type': type, accept: 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return status;
}

function nameOf(metadata: JsonObject[string]): string {
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}
