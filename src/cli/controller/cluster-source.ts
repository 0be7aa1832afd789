import type { CredentialsSource } from '../../runtime/index.js';
import type { GlobalOptions } from '../options.js';
import { namesCluster } from '../session.js';

/** The cluster that the options name; without any, the one in whose pod this process runs. */
export function clusterSource(options: GlobalOptions): CredentialsSource {
  if (!namesCluster(options)) return { kind: 'in-cluster' };
  const { kubeconfig, context } = options;
  return kubeconfig === undefined ? { kind: 'default', context } : { kind: 'file', path: kubeconfig, context };
}
