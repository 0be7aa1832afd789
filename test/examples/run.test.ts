import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ActionVerb, WorkflowExecution } from '../../src/api/types.js';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { startController, type RunningController } from '../../src/cli/controller/running-controller.js';
import { openDataDir } from '../../src/cli/embedded/data-dir.js';
import { startCluster, type EmbeddedCluster } from '../../src/cli/embedded/start-cluster.js';
import { applyManifest, kubeObject } from '../../src/cli/manifests/apply.js';
import type { RunKind } from '../../src/cli/run-kinds.js';
import { WORKFLOW_ACTIONS } from '../../src/reconciler/index.js';
import {
  createClient,
  defineResource,
  systemClock,
  type Client,
  type ObjectRef,
  type Resource,
  type Stored,
} from '../../src/runtime/index.js';
import { createMetrics } from '../../src/server/metrics.js';
import { BAD, GOOD, commandsOf, expectedEnd, expectedRefusal, type ExampleFile } from './example-files.js';

/** The longest example takes 25 s on an idle machine. */
const TIMEOUT_MS = 90_000;
const SUSPEND = 'examples/suspend.yaml';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-examples-'));
const log = pino({ level: 'silent' });
let cluster: EmbeddedCluster;
let controller: RunningController;
let client: Client;

// One cluster of real processes and one controller, as `lockstep run` makes them, for all examples at once.
beforeAll(async () => {
  cluster = await startCluster({ dataDir: openDataDir(folder), clock: systemClock, log });
  client = createClient({ transport: cluster.transport, clock: systemClock, random: Math.random, userAgent: 'test' });
  controller = startController({
    client,
    clock: systemClock,
    namespace: null,
    key: new Uint8Array(32).fill(7),
    store: new MemoryAuditStore(),
    metrics: createMetrics('test'),
    log,
    freeze: true,
  });
});

afterAll(async () => {
  await controller.stop();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('each example ends on the embedded cluster as it says', () => {
  it.concurrent.each(GOOD.map((file) => [file.path, file] as const))(
    '%s',
    async (path, file) => {
      const run = await submit(file);
      if (path === SUSPEND) await holdForAWhile(run);
      const end = await finished(run);
      const { phase, reason, steps } = expectedEnd(file);
      expect({ phase: end.status?.phase, reason: end.status?.reason }).toEqual({ phase, reason });
      expect(statesOf(end)).toMatchObject(steps);
    },
    TIMEOUT_MS,
  );
});

describe('what only lint refuses ends as ConfigurationError before anything runs, where it is sent nevertheless', () => {
  const sent = BAD.filter((file) => expectedRefusal(file).apiServer === null);
  it.concurrent.each(sent.map((file) => [file.path, file] as const))(
    '%s',
    async (_path, file) => {
      const end = await finished(await submit(file));
      expect(end.status).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
      expect(Object.values(statesOf(end))).not.toContain('Succeeded');
    },
    TIMEOUT_MS,
  );
});

it('examples use only commands that each machine has', () => {
  const used = new Set(GOOD.flatMap((file) => file.documents.flatMap(commandsOf)));
  expect([...used].filter((command) => !['sh', 'echo', 'printf', 'sleep', 'announce'].includes(command))).toEqual([]);
});

interface Submitted {
  readonly kind: RunKind;
  readonly ref: ObjectRef;
}

/** What all kinds have in common they have as a WorkflowExecution has it. */
function resourceOf({ kind: { translator } }: Submitted): Resource<WorkflowExecution> {
  const { apiVersion, kind, plural } = translator;
  return defineResource<WorkflowExecution>({ apiVersion, kind, plural, namespaced: true });
}

async function submit({ documents, workflow, kind }: ExampleFile): Promise<Submitted> {
  for (const document of documents) if (document !== workflow) await applyManifest(client, document, 'default');
  const { metadata } = await client.create(kind.resource, kubeObject(workflow), { fieldValidation: 'Strict' });
  return { kind, ref: { namespace: metadata.namespace, name: metadata.name } };
}

async function finished(run: Submitted): Promise<Stored<WorkflowExecution>> {
  return reached(run, (now) => now.status?.completionTime !== undefined);
}

/** The run as soon as it meets the condition. */
async function reached(
  run: Submitted,
  condition: (now: Stored<WorkflowExecution>) => boolean,
): Promise<Stored<WorkflowExecution>> {
  return vi.waitFor(
    async () => {
      const now = await client.get(resourceOf(run), run.ref);
      if (!condition(now))
        throw new Error(`${run.ref.name} is ${now.status?.phase ?? 'new'}: ${now.status?.summary ?? ''}`);
      return now;
    },
    { timeout: TIMEOUT_MS, interval: 50 },
  );
}

/** Suspends the run, sees that nothing new starts, and resumes it. */
async function holdForAWhile(run: Submitted): Promise<void> {
  const begun = await reached(run, (now) => now.status?.phase === 'Running');
  await act(begun, 'Suspend');
  const held = await reached(run, (now) => now.status?.phase === 'Suspended');
  expect(statesOf(held)).toEqual({ first: 'Succeeded', second: 'Ready', tell: 'Waiting' });
  await act(held, 'Resume');
}

async function act({ metadata }: Stored<WorkflowExecution>, verb: ActionVerb): Promise<void> {
  const { namespace = '', name, uid } = metadata;
  await client.create(WORKFLOW_ACTIONS, {
    apiVersion: 'lockstep.dev/v1alpha1',
    kind: 'WorkflowAction',
    metadata: { generateName: `${name}-`, namespace },
    spec: { verb, executionRef: { name, uid }, requestedBy: 'dana' },
  });
}

function statesOf(run: Stored<WorkflowExecution>): Readonly<Record<string, string>> {
  return Object.fromEntries((run.status?.engine?.tasks ?? []).map((task) => [task.name, task.state]));
}
