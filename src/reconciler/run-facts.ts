import { sha256Of } from '../api/digest.js';
import { ANNOTATION } from '../api/names.js';
import { specForDigest } from '../plan/sensitive.js';
import type { RunFacts } from './decide/input.js';
import type { RunResource } from './ports.js';

/** What decide may know of a resource. Pure. */
export function runFacts(resource: RunResource): RunFacts {
  const requestedBy = resource.spec['requestedBy'];
  return {
    ref: resource.ref,
    generation: resource.generation,
    specDigest: sha256Of(specForDigest(resource.spec, resource.ref.uid)),
    requestedBy: typeof requestedBy === 'string' ? requestedBy : null,
    deleting: resource.deleting,
    ranAs: resource.annotations[ANNOTATION.ranAs] ?? null,
  };
}
