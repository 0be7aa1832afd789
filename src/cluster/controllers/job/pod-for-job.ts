import type { Job, Pod } from '../../../api/kube.js';
import { TRACKING_FINALIZER } from './job-view.js';

/** A new pod of the Job: its template, with the Job's labels, tracking and ownership. The server makes the name. */
export function podForJob(job: Job): Pod {
  const { template } = job.spec ?? { template: {} };
  const { name = '', namespace = '', uid = '' } = job.metadata ?? {};
  const { labels, annotations, finalizers = [] } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, ...jobLabels(name, uid) },
      ...(annotations === undefined ? {} : { annotations }),
      finalizers: finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER],
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** The server puts them on the template already; a Job of older storage may lack them. */
function jobLabels(name: string, uid: string): Readonly<Record<string, string>> {
  return {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
}
