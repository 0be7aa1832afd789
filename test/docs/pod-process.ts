import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/api/json.js';
import type { KubeObject, Pod } from '../../src/api/kube.js';
import { type Client, type Stored, defineResource } from '../../src/runtime/index.js';
import { controllerArgs, freePort } from './controller-args.js';

const SECRETS = defineResource<KubeObject & { readonly data?: Readonly<Record<string, string>> }>({
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
});

/** The container of a pod as a process of this machine. */
export interface PodProcess {
  /** What was last written of it. */
  told: string;
  status(): Promise<JsonObject>;
  /** Asks it to end; after the grace of the pod it is killed. */
  stop(): void;
  kill(): void;
}

interface Setup {
  readonly kubeconfig: string;
  readonly program: string;
  readonly folder: string;
}

/** Starts the first container of a pod. */
export async function startPod(client: Client, pod: Stored<Pod>, setup: Setup): Promise<PodProcess> {
  const container = pod.spec?.containers[0];
  if (container === undefined) throw new Error(`the pod ${pod.metadata.name} has no container`);
  const env = await envOf(client, pod, setup.folder);
  const args = (container.args ?? []).map((arg) => inFolder(arg, setup.folder));
  const isLockstep = container.image === 'lockstep' || container.image?.startsWith('lockstep:') === true;
  const isController = isLockstep && args[0] === 'controller';
  const port = isController ? await freePort() : 0;
  const ownArgs = isController ? await controllerArgs(client, pod, { ...setup, port }) : args;
  const words = [...(isLockstep ? [process.execPath, setup.program] : (container.command ?? [])), ...ownArgs];
  const log = openSync(join(setup.folder, `${pod.metadata.name}.log`), 'a');
  const [command = 'true', ...rest] = words;
  const child = spawn(command, rest, { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', log, log] });
  return new Running(pod, child, port);
}

class Running implements PodProcess {
  told = '';
  readonly #pod: Stored<Pod>;
  readonly #child: ChildProcess;
  /** Of the probes; 0: it has none. */
  readonly #port: number;
  readonly #startedAt = instant();
  #ended: { readonly exitCode: number; readonly at: string } | null = null;
  #stopping = false;

  constructor(pod: Stored<Pod>, child: ChildProcess, port: number) {
    this.#pod = pod;
    this.#child = child;
    this.#port = port;
    child.once('error', () => (this.#ended = { exitCode: 128, at: instant() }));
    child.once(
      'exit',
      (code, signal) => (this.#ended = { exitCode: code ?? (signal === 'SIGKILL' ? 137 : 143), at: instant() }),
    );
  }

  async status(): Promise<JsonObject> {
    const container = this.#pod.spec?.containers[0];
    const ended = this.#ended;
    const ready = ended === null && !this.#stopping && (this.#port === 0 || (await isReady(this.#port)));
    const state =
      ended === null
        ? { running: { startedAt: this.#startedAt } }
        : {
            terminated: {
              exitCode: ended.exitCode,
              reason: ended.exitCode === 0 ? 'Completed' : 'Error',
              startedAt: this.#startedAt,
              finishedAt: ended.at,
            },
          };
    const condition = (type: string, is: boolean): JsonObject => ({
      type,
      status: is ? 'True' : 'False',
      lastTransitionTime: this.#startedAt,
    });
    const { name = '', image = '' } = container ?? {};
    return {
      phase: ended === null ? 'Running' : ended.exitCode === 0 ? 'Succeeded' : 'Failed',
      startTime: this.#startedAt,
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', ready),
        condition('Ready', ready),
      ],
      containerStatuses: [{ name, image, imageID: 'test', ready, started: ended === null, restartCount: 0, state }],
    };
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const seconds = this.#pod.spec?.terminationGracePeriodSeconds ?? 30;
    setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1_000).unref();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function instant(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    // It does not listen yet, or not any more.
    return false;
  }
}

/** A path on the claim is one in the folder of the volume. */
function inFolder(text: string, folder: string): string {
  return text.replace('/var/lib/lockstep', join(folder, 'volume'));
}

/** Variables as a kubelet would set them. */
async function envOf(client: Client, { metadata, spec }: Stored<Pod>, folder: string): Promise<NodeJS.ProcessEnv> {
  const { namespace = '', name } = metadata;
  const entries = (spec?.containers[0]?.env ?? []).map(async (each): Promise<readonly [string, string]> => {
    const { fieldRef, secretKeyRef } = each.valueFrom ?? {};
    if (fieldRef !== undefined) return [each.name, fieldRef.fieldPath === 'metadata.namespace' ? namespace : name];
    if (secretKeyRef === undefined) return [each.name, inFolder(each.value ?? '', folder)];
    const secret = await client.get(SECRETS, { namespace, name: secretKeyRef.name ?? '' });
    return [each.name, Buffer.from(secret.data?.[secretKeyRef.key] ?? '', 'base64').toString()];
  });
  return Object.fromEntries(await Promise.all(entries));
}
