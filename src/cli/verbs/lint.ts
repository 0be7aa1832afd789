import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { parseManifests, readText } from '../manifests/read-file.js';
import { TRANSLATOR } from '../read-run.js';

/** The faults of a file's workflows, one line each: `FILE:LINE:COLUMN: path: message`. */
export function lintText(_text: string, { path, manifests }: { readonly path: string; readonly manifests: readonly JsonObject[] }): string[] {
  return manifests.flatMap((manifest) => {
    if (manifest['kind'] !== 'WorkflowExecution') return [];
    const plan = TRANSLATOR.toPlan(isJsonObject(manifest['spec']) ? manifest['spec'] : {});
    return plan.ok ? [] : plan.problems.map((problem) => `${path}: ${problem.path}: ${problem.message}`);
  });
}

/** `lockstep lint FILE…`: checks workflows without a cluster. */
export function lintVerb(paths: readonly string[], io: Io): ExitCode {
  let faults = 0;
  for (const path of paths) {
    const text = readText(path);
    for (const line of lintText(text, { path, manifests: parseManifests(text, path) })) {
      faults += 1;
      io.print(line);
    }
  }
  io.tell(faults === 0 ? 'no faults' : `${faults} ${faults === 1 ? 'fault' : 'faults'}`);
  return faults === 0 ? EXIT.ok : EXIT.usage;
}
