import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A checkout as a stranger has it after `npm ci`, in a directory of its own: what commands write stays there. */
export interface Checkout {
  readonly path: string;
  readonly home: string;
  /** The program, built from the sources as they are now. */
  readonly program: string;
  remove(): void;
}

export function makeCheckout(): Checkout {
  // Within the tree, so that what is not bundled is found in node_modules.
  mkdirSync('node_modules/.cache', { recursive: true });
  const build = realpathSync(mkdtempSync('node_modules/.cache/lockstep-docs-'));
  execFileSync(process.execPath, ['scripts/build.mjs', build]);
  const root = mkdtempSync(join(tmpdir(), 'lockstep-docs-'));
  const [path, home] = [join(root, 'lockstep'), join(root, 'home')];
  for (const folder of ['crds', 'deploy', 'examples']) cpSync(folder, join(path, folder), { recursive: true });
  mkdirSync(join(home, '.kube'), { recursive: true });
  symlinkSync(build, join(path, 'dist'));
  return {
    path,
    home,
    program: join(build, 'cli.js'),
    remove: () => {
      rmSync(root, { recursive: true, force: true });
      rmSync(build, { recursive: true, force: true });
    },
  };
}
