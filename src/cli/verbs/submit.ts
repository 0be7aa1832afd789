import { canonicalJson } from '../../api/canonical-json.js';
import { type JsonObject, isJsonObject } from '../../api/json.js';
import { isTerminalPhase } from '../../reconciler/decide/phases.js';
import { type Stored, delay, pathOf } from '../../runtime/index.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { kubeObject } from '../manifests/apply.js';
import { specDiff } from '../manifests/spec-diff.js';
import { readRun } from '../read-run.js';
import { EXECUTIONS, type ExecutionObject } from '../resources.js';
import type { Session } from '../session.js';

/** What became of a submission. */
export interface Submitted {
  readonly object: Stored<ExecutionObject>;
  readonly kind: 'created' | 'resumed' | 'finished-before';
}

/**
 * Creates an execution. One of its name with the same spec is gone on with, or (finished) shown again, or with `again`
 * deleted and run anew; another spec under the same name is an error that shows where they differ.
 */
export async function submit(
  session: Session,
  manifest: JsonObject,
  options: { readonly again: boolean; readonly by: string; readonly program: string },
): Promise<Submitted> {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : session.namespace;
  const spec = isJsonObject(manifest['spec']) ? manifest['spec'] : {};
  const object = { ...manifest, metadata: { ...metadata, namespace }, spec: { requestedBy: options.by, ...spec } };
  const name = metadata['name'];
  const existing = typeof name === 'string' ? await findStanding(session, { namespace, name }) : null;
  if (existing === null) return { object: await create(session, object), kind: 'created' };
  const wanted = await defaulted(session, { ...object, metadata: { namespace, generateName: 'compare-' } });
  const before = comparable(existing.spec, spec);
  const after = comparable(wanted, spec);
  if (canonicalJson(before) !== canonicalJson(after)) {
    const lines = specDiff(before, after);
    throw new CliError(
      [
        `${namespace}/${existing.metadata.name} exists with another spec, and the spec of a run never changes:`,
        ...lines.slice(0, 20).map((line) => `  ${line}`),
        `Give it another metadata.name, or delete the old one:\n  ${options.program} prune ${existing.metadata.name} -n ${namespace}${session.flags}`,
      ].join('\n'),
      { exitCode: EXIT.usage },
    );
  }
  const { state } = readRun(existing);
  if (state === null || !isTerminalPhase(state.phase)) return { object: existing, kind: 'resumed' };
  if (!options.again) return { object: existing, kind: 'finished-before' };
  await session.client.remove(
    EXECUTIONS,
    { namespace, name: existing.metadata.name },
    { preconditions: { uid: existing.metadata.uid } },
  );
  await untilGone(session, existing);
  return { object: await create(session, object), kind: 'created' };
}

/** The run of a name; one that is being deleted is waited for until it is gone. */
async function findStanding(
  session: Session,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Stored<ExecutionObject> | null> {
  const found = await session.client.find(EXECUTIONS, ref);
  if (found?.metadata.deletionTimestamp === undefined) return found;
  await untilGone(session, found);
  return null;
}

/** How often, in ms, and for how long a deletion is waited for. */
const LOOK_MS = 100;
const GONE_WITHIN_MS = 30_000;

/** A run that still owes something lingers until its controller has released it. @throws CliError where that takes long */
async function untilGone(session: Session, run: Stored<ExecutionObject>): Promise<void> {
  const { namespace = '', name, uid } = run.metadata;
  const deadline = session.clock.monotonic() + GONE_WITHIN_MS;
  while ((await session.client.find(EXECUTIONS, { namespace, name }))?.metadata.uid === uid) {
    if (session.clock.monotonic() > deadline)
      throw new CliError(`${namespace}/${name} was deleted and is still there; no controller releases it`);
    await delay(session.clock, LOOK_MS);
  }
}

/** Who asks is no part of what is asked, unless the file says it. */
function comparable(spec: JsonObject, written: JsonObject): JsonObject {
  if (written['requestedBy'] !== undefined) return spec;
  const { requestedBy: _requestedBy, ...rest } = spec;
  return rest;
}

function create(session: Session, object: JsonObject): Promise<Stored<ExecutionObject>> {
  return session.client.create(EXECUTIONS, kubeObject(object), { fieldValidation: 'Strict', repeatable: true });
}

/** The spec as the API server would store it, with its defaults: nothing is created. */
async function defaulted(
  session: Session,
  object: JsonObject & { readonly metadata: { readonly namespace: string; readonly generateName: string } },
): Promise<JsonObject> {
  const path = pathOf(EXECUTIONS, { namespace: object.metadata.namespace });
  const request = {
    method: 'POST',
    path,
    query: { dryRun: 'All', fieldValidation: 'Strict' },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  } as const;
  const answer = await session.client.call(request);
  return isJsonObject(answer) && isJsonObject(answer['spec']) ? answer['spec'] : {};
}
