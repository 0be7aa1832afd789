import { PERSISTENT_VOLUME_CLAIMS, type Resource } from '../../resource.js';

/** Resources of core that a quota names without `count/`. */
const BY_PLURAL: readonly string[] = [
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'services',
  'replicationcontrollers',
  'resourcequotas',
];

/**
 * The resource that a quota's entry counts: `configmaps`, `count/jobs.batch`, `count/workflowexecutions.lockstep.dev`.
 * Undefined where it counts pods or amounts, or names what nobody serves.
 */
export function countedResource(entry: string, served: readonly Resource[]): Resource | undefined {
  if (BY_PLURAL.includes(entry)) return served.find(({ group, plural }) => group === '' && plural === entry);
  if (!entry.startsWith('count/') || entry === 'count/pods') return undefined;
  const name = entry.slice('count/'.length);
  return served.find(({ group, plural }) => (group === '' ? plural : `${plural}.${group}`) === name);
}

/** `requests.storage` sums what claims ask for. */
export const STORAGE_ENTRY = 'requests.storage';
export const STORAGE_RESOURCE = PERSISTENT_VOLUME_CLAIMS;
