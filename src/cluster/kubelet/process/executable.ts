import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

const PREFIX =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
  'unable to start container process: ';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not to be run: both mean no.
    return false;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The file that a command names, searched as execvp does, or null. */
export function findExecutable(command: string, path: string): string | null {
  for (const folder of path.split(':')) {
    const candidate = join(folder === '' ? '.' : folder, command);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

function commandFault(command: string, where: { readonly path: string; readonly cwd: string }): string | null {
  if (!command.includes('/')) {
    return findExecutable(command, where.path) === null
      ? `exec: "${command}": executable file not found in $PATH`
      : null;
  }
  const file = isAbsolute(command) ? command : resolve(where.cwd, command);
  if (!exists(file)) return `exec: "${command}": stat ${command}: no such file or directory`;
  return isExecutable(file) ? null : `exec: "${command}": permission denied`;
}

/** Why the command cannot be started, in the words of runc and containerd, or null where it can. */
export function startFault(command: string, where: { readonly path: string; readonly cwd: string }): string | null {
  const cwd = statSync(where.cwd, { throwIfNoEntry: false });
  const fault =
    cwd?.isDirectory() === true
      ? commandFault(command, where)
      : `chdir to cwd ("${where.cwd}") set in config.json failed: ${cwd === undefined ? 'no such file or' : 'not a'} directory`;
  return fault === null ? null : `${PREFIX}${fault}: unknown`;
}
