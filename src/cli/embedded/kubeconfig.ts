import { toYaml } from '../view/yaml.js';
import type { Door } from './start-cluster.js';

/** The text of a kubeconfig for this start of the server: token and certificate are new each time. */
export function kubeconfigOf(door: Door, namespace: string): string {
  const authority = Buffer.from(door.authority).toString('base64');
  const name = 'lockstep';
  return toYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: door.url, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token: door.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  });
}
