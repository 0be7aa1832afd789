import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { type FileFault, hasOurs, lintFile, textOfFault } from '../manifests/lint-file.js';
import { readText } from '../manifests/read-file.js';

/** `lockstep lint FILE…`: checks workflows without a cluster. */
export function lintVerb(paths: readonly string[], options: { readonly output: 'text' | 'json' }, io: Io): ExitCode {
  const texts = paths.map((path) => ({ path, text: readText(path) }));
  const faults: readonly FileFault[] = texts.flatMap(({ path, text }) => lintFile(text, path));
  if (options.output === 'json') io.print(JSON.stringify(faults, null, 2));
  else for (const fault of faults) io.print(textOfFault(fault));
  const files = paths.length === 1 ? '1 file' : `${paths.length} files`;
  io.tell(
    `${files}, ${faults.length === 0 ? 'no faults' : faults.length === 1 ? '1 fault' : `${faults.length} faults`}`,
  );
  const others = texts.filter(({ text }) => !hasOurs(text)).map(({ path }) => path);
  if (others.length > 0) io.tell(`Nothing of Lockstep's is in ${others.join(', ')}`);
  // Where nothing at all was checked, that it has no faults says nothing.
  return faults.length === 0 && others.length < paths.length ? EXIT.ok : EXIT.usage;
}
