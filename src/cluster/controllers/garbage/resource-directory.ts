import type { Wire } from '../../../api/kube.js';
import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import type { Resource } from '../../resource.js';

type CustomResourceDefinition = Wire<V1CustomResourceDefinition>;

/** Resources by the way in which owner references name them. */
export class ResourceDirectory {
  readonly #byKind = new Map<string, Resource>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) this.add(resource);
  }

  add(resource: Resource): void {
    this.#byKind.set(keyOf(resource.group, resource.kind), resource);
  }

  remove(resource: Resource): void {
    this.#byKind.delete(keyOf(resource.group, resource.kind));
  }

  values(): readonly Resource[] {
    return [...this.#byKind.values()];
  }

  /** Any version of the group will do: they are views of the same objects. */
  find(apiVersion: string, kind: string): Resource | undefined {
    const slash = apiVersion.indexOf('/');
    return this.#byKind.get(keyOf(slash < 0 ? '' : apiVersion.slice(0, slash), kind));
  }
}

function keyOf(group: string, kind: string): string {
  return `${group}/${kind}`;
}

/** The resource of an established definition; undefined while none of its versions is served. */
export function resourceOf(definition: CustomResourceDefinition): Resource | undefined {
  const { group, names, scope, versions } = definition.spec;
  const established = definition.status?.conditions?.some(
    (condition) => condition.type === 'Established' && condition.status === 'True',
  );
  const version = (versions.find((one) => one.storage && one.served) ?? versions.find((one) => one.served))?.name;
  if (established !== true || version === undefined) return undefined;
  return { group, version, plural: names.plural, kind: names.kind, namespaced: scope === 'Namespaced' };
}
