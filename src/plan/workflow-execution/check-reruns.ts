import { isJsonArray, type Json, type JsonObject } from '../../api/json.js';
import { at } from '../field-path.js';
import type { SpecReader } from '../spec-reader.js';
import { podSpecKeys } from '../template-sites.js';

interface Work {
  readonly path: string;
  readonly name: string;
  readonly executor: string;
  readonly idempotent: boolean;
}

/**
 * An attempt runs its code once: what makes Kubernetes itself run it again is refused, or needs `idempotent` (design
 * review C20, C21). The CRD says the same in CEL; here it has the exact path.
 */
export function checkReruns(reader: SpecReader, input: JsonObject, work: Work): void {
  const keys = podSpecKeys(work.executor);
  if (keys === null) return;
  const podSpec = keys.reduce<Json | undefined>((value, key) => reader.member(value, key), input);
  const path = [work.path, work.executor, ...keys].reduce((whole, key) => (whole === '' ? key : at(whole, key)), '');
  checkContainers(reader, podSpec, path);
  if (work.executor === 'job' && !work.idempotent) checkJob(reader, input, work);
}

function checkJob(reader: SpecReader, input: JsonObject, { path, name }: Work): void {
  const spec = reader.member(input, 'spec');
  const again = `step ${name}: a Job that runs its pod again needs idempotent: true`;
  const limit = reader.member(spec, 'backoffLimit');
  if (limit !== undefined && limit !== 0) reader.report(`${path}.job.spec.backoffLimit`, again);
  const podSpec = reader.member(reader.member(spec, 'template'), 'spec');
  const policy = reader.member(podSpec, 'restartPolicy');
  if (policy !== undefined && policy !== 'Never') reader.report(`${path}.job.spec.template.spec.restartPolicy`, again);
}

function checkContainers(reader: SpecReader, podSpec: Json | undefined, path: string): void {
  for (const field of ['initContainers', 'containers']) {
    const containers = reader.member(podSpec, field);
    if (!isJsonArray(containers)) continue;
    for (const [index, container] of containers.entries()) {
      const own = at(at(path, field), index);
      const policy = reader.member(container, 'restartPolicy');
      const sidecar = field === 'initContainers' && policy === 'Always';
      if (policy !== undefined && !sidecar) {
        const but =
          field === 'initContainers'
            ? 'an init container may only have restartPolicy Always (a sidecar)'
            : 'a container may not restart by itself; an attempt runs once';
        reader.report(at(own, 'restartPolicy'), but);
      }
      if (reader.member(container, 'restartPolicyRules') !== undefined)
        reader.report(at(own, 'restartPolicyRules'), 'a container may not restart by itself; an attempt runs once');
    }
  }
}
