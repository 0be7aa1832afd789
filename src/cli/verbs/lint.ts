import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { type FileFault, lintFile, textOfFault } from '../manifests/lint-file.js';
import { readText } from '../manifests/read-file.js';

/** `lockstep lint FILE…`: checks workflows without a cluster. */
export function lintVerb(paths: readonly string[], options: { readonly output: 'text' | 'json' }, io: Io): ExitCode {
  const faults: readonly FileFault[] = paths.flatMap((path) => lintFile(readText(path), path));
  if (options.output === 'json') io.print(JSON.stringify(faults, null, 2));
  else for (const fault of faults) io.print(textOfFault(fault));
  const files = paths.length === 1 ? '1 file' : `${paths.length} files`;
  io.tell(
    `${files}, ${faults.length === 0 ? 'no faults' : faults.length === 1 ? '1 fault' : `${faults.length} faults`}`,
  );
  return faults.length === 0 ? EXIT.ok : EXIT.usage;
}
