import type { V1EnvFromSource, V1EnvVar, V1ResourceFieldSelector } from '@kubernetes/client-node';
import type { Wire } from '../../api/kube.js';
import type { LocalClient } from '../local-client.js';
import { parseQuantity } from '../quantity.js';
import { CONFIG_MAPS, SECRETS } from '../resource.js';
import { StatusError } from '../status-error.js';
import { expandReferences } from './core/expand.js';
import { mainContainersOf, initContainersOf } from './core/situation.js';
import type { Container, StoredPod } from './core/situation.js';
import { CreateContainerFailure } from './runtime.js';

type Data = Readonly<Record<string, string>>;
type Source = NonNullable<Wire<V1EnvVar>['valueFrom']>;

/** What the node adds to what the pod says of itself. */
export interface NodeFacts {
  readonly nodeName: string;
  readonly ip: string;
  /** Cores and bytes, the limits of a container that has none. */
  readonly cpu: number;
  readonly memory: number;
}

function refuse(message: string): never {
  throw new CreateContainerFailure('CreateContainerConfigError', message);
}

function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.code === 404;
}

/** Reads the ConfigMaps and Secrets of one namespace, each once. */
class Sources {
  readonly #client: LocalClient;
  readonly #namespace: string;
  readonly #read = new Map<string, Data | null>();

  constructor(client: LocalClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Null where it does not exist. */
  async data(kind: 'ConfigMap' | 'Secret', name: string): Promise<Data | null> {
    const key = `${kind}/${name}`;
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const data = await this.#load(kind, name).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
    this.#read.set(key, data);
    return data;
  }

  async #load(kind: 'ConfigMap' | 'Secret', name: string): Promise<Data> {
    const key = { namespace: this.#namespace, name };
    if (kind === 'ConfigMap') return (await this.#client.get(CONFIG_MAPS, key)).data ?? {};
    const encoded = (await this.#client.get(SECRETS, key)).data ?? {};
    const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
    return Object.fromEntries(Object.entries(encoded).map(([name, text]) => [name, decode(text)]));
  }

  /** One key, or null where it may be missing and is. */
  async value(kind: 'ConfigMap' | 'Secret', ref: KeyRef): Promise<string | null> {
    const name = ref.name ?? '';
    const data = await this.data(kind, name);
    const value = data?.[ref.key];
    if (value !== undefined) return value;
    if (ref.optional === true) return null;
    if (data === null) return refuse(`${kind.toLowerCase()} "${name}" not found`);
    return refuse(`couldn't find key ${ref.key} in ${kind} ${this.#namespace}/${name}`);
  }
}

interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

function subscript(path: string, field: string): string | null {
  return new RegExp(`^metadata\\.${field}\\['(.+)'\\]$`).exec(path)?.[1] ?? null;
}

function fieldValue(pod: StoredPod, path: string, node: NodeFacts): string {
  const { metadata, spec } = pod;
  const label = subscript(path, 'labels');
  if (label !== null) return metadata.labels?.[label] ?? '';
  const annotation = subscript(path, 'annotations');
  if (annotation !== null) return metadata.annotations?.[annotation] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'spec.nodeName':
      return node.nodeName;
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? 'default';
    case 'status.podIP':
    case 'status.podIPs':
    case 'status.hostIP':
    case 'status.hostIPs':
      return node.ip;
    default:
      return refuse(`unsupported fieldPath: ${path}`);
  }
}

/** `limits.memory` and its kin, divided and rounded up as the downward API does. */
function resourceValue(
  pod: StoredPod,
  own: Container,
  selector: Wire<V1ResourceFieldSelector>,
  node: NodeFacts,
): string {
  const all = [...initContainersOf(pod), ...mainContainersOf(pod)];
  const named = selector.containerName ?? '';
  const container = named === '' ? own : all.find((one) => one.name === named);
  if (container === undefined) return refuse(`container ${named} not found`);
  const { limits, requests } = container.resources ?? {};
  const divisor = parseQuantity(selector.divisor ?? '1') ?? 1;
  const number = (text: string | undefined): number | null => (text === undefined ? null : parseQuantity(text));
  const rounded = (value: number): string => String(Math.ceil(value / (divisor === 0 ? 1 : divisor)));
  switch (selector.resource) {
    case 'limits.cpu':
      return rounded(number(limits?.['cpu']) ?? node.cpu);
    case 'limits.memory':
      return rounded(number(limits?.['memory']) ?? node.memory);
    case 'requests.cpu':
      return rounded(number(requests?.['cpu']) ?? 0);
    case 'requests.memory':
      return rounded(number(requests?.['memory']) ?? 0);
    default:
      return refuse(`unsupported container resource: ${selector.resource}`);
  }
}

/** Computes one container's environment. */
class EnvironmentBuilder {
  readonly #pod: StoredPod;
  readonly #container: Container;
  readonly #node: NodeFacts;
  readonly #sources: Sources;

  constructor(
    pod: StoredPod,
    container: Container,
    context: { readonly client: LocalClient; readonly node: NodeFacts },
  ) {
    this.#pod = pod;
    this.#container = container;
    this.#node = context.node;
    this.#sources = new Sources(context.client, pod.metadata.namespace ?? '');
  }

  async build(): Promise<Record<string, string>> {
    const env = new Map<string, string>();
    for (const source of this.#container.envFrom ?? []) {
      for (const [name, value] of await this.#all(source)) env.set(`${source.prefix ?? ''}${name}`, value);
    }
    for (const variable of this.#container.env ?? []) {
      const value = await this.#value(variable, env);
      if (value !== null) env.set(variable.name, value);
    }
    for (const [name, value] of env) {
      if (`${name}${value}`.includes('\0')) refuse(`environment variable ${name} holds a NUL byte`);
    }
    return Object.fromEntries(env);
  }

  async #all(source: Wire<V1EnvFromSource>): Promise<readonly (readonly [string, string])[]> {
    for (const [kind, ref] of [
      ['ConfigMap', source.configMapRef],
      ['Secret', source.secretRef],
    ] as const) {
      if (ref === undefined) continue;
      const data = await this.#sources.data(kind, ref.name ?? '');
      if (data !== null) return Object.entries(data);
      if (ref.optional !== true) refuse(`${kind.toLowerCase()} "${ref.name ?? ''}" not found`);
    }
    return [];
  }

  async #value(variable: Wire<V1EnvVar>, before: ReadonlyMap<string, string>): Promise<string | null> {
    const source = variable.valueFrom;
    if (source === undefined) return expandReferences(variable.value ?? '', (name) => before.get(name));
    return this.#from(source);
  }

  async #from(source: Source): Promise<string | null> {
    if (source.configMapKeyRef !== undefined) return this.#sources.value('ConfigMap', source.configMapKeyRef);
    if (source.secretKeyRef !== undefined) return this.#sources.value('Secret', source.secretKeyRef);
    if (source.fieldRef !== undefined) return fieldValue(this.#pod, source.fieldRef.fieldPath, this.#node);
    if (source.resourceFieldRef !== undefined) {
      return resourceValue(this.#pod, this.#container, source.resourceFieldRef, this.#node);
    }
    return refuse(`the embedded kubelet does not know the valueFrom of ${Object.keys(source).join(', ')}`);
  }
}

/**
 * The environment that the pod gives to the container. Throws a CreateContainerFailure (CreateContainerConfigError) in
 * the kubelet's words where a ConfigMap, a Secret or a key is missing.
 */
export async function containerEnvironment(
  pod: StoredPod,
  container: Container,
  context: { readonly client: LocalClient; readonly node: NodeFacts },
): Promise<Readonly<Record<string, string>>> {
  return new EnvironmentBuilder(pod, container, context).build();
}
