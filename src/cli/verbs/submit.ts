import { canonicalJson } from '../../api/canonical-json.js';
import { type JsonObject, isJsonObject } from '../../api/json.js';
import { isTerminalPhase } from '../../reconciler/decide/phases.js';
import { type Stored, delay, pathOf } from '../../runtime/index.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { FoundRun } from '../list-runs.js';
import { kubeObject } from '../manifests/apply.js';
import { specDiff } from '../manifests/spec-diff.js';
import { readRun } from '../read-run.js';
import type { ExecutionObject } from '../resources.js';
import { type RunKind, shownName } from '../run-kinds.js';
import type { Session } from '../session.js';

/** A run as a file holds it. */
export interface WrittenRun {
  readonly kind: RunKind;
  readonly manifest: JsonObject;
}

/** What became of a submission. */
export interface Submitted {
  readonly run: FoundRun;
  readonly kind: 'created' | 'resumed' | 'changed' | 'finished-before';
  /** What is different now, where it was changed: a line for each place. */
  readonly changes: readonly string[];
}

interface SubmitOptions {
  readonly again: boolean;
  readonly by: string;
  readonly program: string;
}

/**
 * Creates a run. One of its name with the same spec is gone on with, or (finished) shown again, or with `again` deleted
 * and run anew. Another spec under the same name is given to a run whose kind allows that while it is not over; else it
 * is an error that shows where they differ.
 */
export async function submit(session: Session, written: WrittenRun, options: SubmitOptions): Promise<Submitted> {
  const { kind, manifest } = written;
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : session.namespace;
  const spec = isJsonObject(manifest['spec']) ? manifest['spec'] : {};
  const object = { ...manifest, metadata: { ...metadata, namespace }, spec: { requestedBy: options.by, ...spec } };
  const name = metadata['name'];
  const existing = typeof name === 'string' ? await findStanding(session, kind, { namespace, name }) : null;
  if (existing === null) return create(session, kind, object);
  const wanted = await defaulted(session, kind, { ...object, metadata: { namespace, generateName: 'compare-' } });
  const run = { kind, object: existing };
  return meet(session, run, { object, written: spec, changes: differences(existing.spec, wanted, spec), ...options });
}

interface Meeting extends SubmitOptions {
  /** What is to be created, and its spec as the file has it. */
  readonly object: JsonObject & { readonly spec: JsonObject };
  readonly written: JsonObject;
  /** How it differs from what stands. */
  readonly changes: readonly string[];
}

/** What becomes of a submission where a run of its name stands. */
async function meet(session: Session, run: FoundRun, meeting: Meeting): Promise<Submitted> {
  const { object, changes, again } = meeting;
  const { state } = readRun(run.object, run.kind);
  const over = state !== null && isTerminalPhase(state.phase);
  const mutable = run.kind.translator.onSpecChange !== null;
  if (changes.length > 0) {
    if (mutable && !over) return change(session, run, meeting);
    if (!mutable || !again) throw new CliError(otherSpecText(session, run, meeting), { exitCode: EXIT.usage });
  }
  if (!over) return { run, kind: 'resumed', changes: [] };
  if (!again) return { run, kind: 'finished-before', changes: [] };
  const { namespace = '', name, uid } = run.object.metadata;
  await session.client.remove(run.kind.resource, { namespace, name }, { preconditions: { uid } });
  await untilGone(session, run.kind, run.object);
  return create(session, run.kind, object);
}

function otherSpecText(session: Session, { kind, object }: FoundRun, { changes, program }: Meeting): string {
  const { namespace = '', name } = object.metadata;
  const [why, what] =
    kind.translator.onSpecChange === null
      ? [
          'exists with another spec, and the spec of a run never changes',
          `Give it another metadata.name, or delete the old one:\n  ${program} prune ${shownName(kind, name)} -n ${namespace}${session.flags}`,
        ]
      : ['is over, and ran with another spec', '--again deletes it, and runs it anew as the file has it.'];
  return [`${namespace}/${name} ${why}:`, ...changes.slice(0, 20).map((line) => `  ${line}`), what].join('\n');
}

/** Gives a run that is not over the spec of the file; who asked for it stays. @throws ApiError where the server refuses that */
async function change(session: Session, run: FoundRun, { object, written, changes }: Meeting): Promise<Submitted> {
  const { kind, object: existing } = run;
  const { namespace = '', name, uid } = existing.metadata;
  const by = written['requestedBy'] ?? existing.spec['requestedBy'];
  const spec = { ...object.spec, ...(by === undefined ? {} : { requestedBy: by }) };
  const body = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/spec', value: spec },
  ] as const;
  const changed = await session.client.patch(
    kind.resource,
    { namespace, name },
    { patch: { type: 'json', body }, fieldValidation: 'Strict' },
  );
  return { run: { kind, object: changed }, kind: 'changed', changes };
}

/** The run of a name; one that is being deleted is waited for until it is gone. */
async function findStanding(
  session: Session,
  kind: RunKind,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Stored<ExecutionObject> | null> {
  const found = await session.client.find(kind.resource, ref);
  if (found?.metadata.deletionTimestamp === undefined) return found;
  await untilGone(session, kind, found);
  return null;
}

/** How often, in ms, and for how long a deletion is waited for. */
const LOOK_MS = 100;
const GONE_WITHIN_MS = 30_000;

/** A run that still owes something lingers until its controller has released it. @throws CliError where that takes long */
async function untilGone(session: Session, kind: RunKind, run: Stored<ExecutionObject>): Promise<void> {
  const { namespace = '', name, uid } = run.metadata;
  const deadline = session.clock.monotonic() + GONE_WITHIN_MS;
  while ((await session.client.find(kind.resource, { namespace, name }))?.metadata.uid === uid) {
    if (session.clock.monotonic() > deadline)
      throw new CliError(`${namespace}/${name} was deleted and is still there; no controller releases it`);
    await delay(session.clock, LOOK_MS);
  }
}

/** Where two specs differ. Who asks is no part of what is asked, unless the file says it. */
function differences(before: JsonObject, after: JsonObject, written: JsonObject): readonly string[] {
  const comparable = (spec: JsonObject): JsonObject => {
    if (written['requestedBy'] !== undefined) return spec;
    const { requestedBy: _requestedBy, ...rest } = spec;
    return rest;
  };
  const [old, wanted] = [comparable(before), comparable(after)];
  return canonicalJson(old) === canonicalJson(wanted) ? [] : specDiff(old, wanted);
}

async function create(session: Session, kind: RunKind, manifest: JsonObject): Promise<Submitted> {
  const options = { fieldValidation: 'Strict', repeatable: true } as const;
  const object = await session.client.create(kind.resource, kubeObject(manifest), options);
  return { run: { kind, object }, kind: 'created', changes: [] };
}

/** The spec as the API server would store it, with its defaults: nothing is created. */
async function defaulted(
  session: Session,
  kind: RunKind,
  object: JsonObject & { readonly metadata: { readonly namespace: string; readonly generateName: string } },
): Promise<JsonObject> {
  const path = pathOf(kind.resource, { namespace: object.metadata.namespace });
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
