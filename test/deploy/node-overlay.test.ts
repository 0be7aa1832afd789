import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { has, kustomized, metadataOf, the } from './manifests.js';

// kubectl and helm are slow to start on a machine that has much else to do.
vi.setConfig({ testTimeout: 120_000 });

interface Deployment extends JsonObject {
  readonly spec: JsonObject & {
    readonly template: JsonObject & {
      readonly spec: JsonObject & {
        readonly containers: readonly (JsonObject & { readonly env: readonly JsonObject[] })[];
      };
    };
  };
}

function deploymentOf(folder: string): Deployment {
  return the(kustomized(folder), 'Deployment', 'lockstep-controller') as Deployment;
}

function keyOf(object: JsonObject): string {
  return JSON.stringify([object['kind'], metadataOf(object)['name']]);
}

describe.skipIf(!has('kubectl'))('the overlay for the node of the tests', () => {
  it('adds a volume, and changes nothing but the pod and what its namespace enforces', () => {
    const shipped = new Map(kustomized('deploy').map((object) => [keyOf(object), object]));
    const changed = kustomized('test/deploy/node-overlay').filter((object) => {
      const before = shipped.get(keyOf(object));
      shipped.delete(keyOf(object));
      return JSON.stringify(before) !== JSON.stringify(object);
    });
    expect(changed.map(keyOf).sort()).toEqual([
      '["Deployment","lockstep-controller"]',
      '["Namespace","lockstep-system"]',
      '["PersistentVolume","lockstep-audit-on-node"]',
    ]);
    expect([...shipped.keys()]).toEqual([]);
  });

  it('gives the pod the network of the host and the address of the API server, and nothing else', () => {
    const shipped = deploymentOf('deploy');
    const { spec } = deploymentOf('test/deploy/node-overlay');
    const { hostNetwork, ...pod } = spec.template.spec;
    const [container] = pod.containers;
    const added = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];
    const env = container?.env.filter(({ name }) => !added.some((each) => each === name));
    expect(hostNetwork).toBe(true);
    expect({ ...pod, containers: [{ ...container, env }] }).toEqual(shipped.spec.template.spec);
    expect(container?.env).toHaveLength((env?.length ?? 0) + added.length);
  });
});

describe('the image', () => {
  it('runs as the user of the manifests, and starts the controller', () => {
    const file = readFileSync('Containerfile', 'utf8');
    expect(file).toMatch(/^USER 65532:65532$/m);
    expect(file).toMatch(/^ENTRYPOINT \["node", "\/app\/cli\.js"\]$/m);
    expect(readFileSync('deploy/base/deployment.yaml', 'utf8')).toContain('runAsUser: 65532');
  });
});
