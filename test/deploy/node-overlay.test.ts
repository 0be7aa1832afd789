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

const ADDED = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];

/** The pod without the variables that name the API server, and how many of them it had. */
function withoutAddress(deployment: Deployment): { readonly pod: JsonObject; readonly named: number } {
  const { containers, ...pod } = deployment.spec.template.spec;
  const [container] = containers;
  const env = container?.env.filter(({ name }) => !ADDED.some((each) => each === name)) ?? [];
  return { pod: { ...pod, containers: [{ ...container, env }] }, named: (container?.env.length ?? 0) - env.length };
}

/** What an overlay has otherwise than what is shipped, as `[kind, name]`; and what it leaves out. */
function differences(folder: string, overlay: string): { readonly changed: string[]; readonly missing: string[] } {
  const shipped = new Map(kustomized(folder).map((object) => [keyOf(object), object]));
  const changed = kustomized(overlay).filter((object) => {
    const before = shipped.get(keyOf(object));
    shipped.delete(keyOf(object));
    return JSON.stringify(before) !== JSON.stringify(object);
  });
  return { changed: changed.map(keyOf).sort(), missing: [...shipped.keys()] };
}

function keyOf(object: JsonObject): string {
  return JSON.stringify([object['kind'], metadataOf(object)['name']]);
}

describe.skipIf(!has('kubectl'))('the overlays for the node of the tests', () => {
  it('adds a volume, and changes nothing but the pod and what its namespace enforces', () => {
    expect(differences('deploy', 'test/deploy/node-overlay')).toEqual({
      changed: [
        '["Deployment","lockstep-controller"]',
        '["Namespace","lockstep-system"]',
        '["PersistentVolume","lockstep-audit-on-node"]',
      ],
      missing: [],
    });
  });

  it('gives the pod the network of the host and the address of the API server, and nothing else', () => {
    const { pod, named } = withoutAddress(deploymentOf('test/deploy/node-overlay'));
    expect(pod).toEqual({ ...withoutAddress(deploymentOf('deploy')).pod, hostNetwork: true });
    expect(named).toBe(ADDED.length);
  });

  it('leaves two replicas as they are shipped, under "restricted", but for the address of the API server', () => {
    const [folder, overlay] = ['deploy/highly-available', 'test/deploy/highly-available-overlay'];
    expect(differences(folder, overlay)).toEqual({ changed: ['["Deployment","lockstep-controller"]'], missing: [] });
    const hostAliases = [{ ip: 'HOST_ADDRESS', hostnames: ['kubernetes.default.svc'] }];
    const { pod, named } = withoutAddress(deploymentOf(overlay));
    expect(pod).toEqual({ ...withoutAddress(deploymentOf(folder)).pod, hostAliases });
    expect(named).toBe(ADDED.length);
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
