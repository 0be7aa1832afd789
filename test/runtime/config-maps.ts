import type { KubeObject } from '../../src/api/kube.js';
import { defineResource } from '../../src/runtime/index.js';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A resource for tests that need any. */
export const CONFIG_MAPS = defineResource<ConfigMap>({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
});
