import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { type Defect, patched } from '../defects/defect.js';

/**
 * The harness and the product in one file, with a defect in the product; its path.
 *
 * @throws Error where a text that is to be replaced is not there, or a file is not part of the bundle
 */
export async function bundleWith(defect: Defect, { outdir, name }: { readonly outdir: string; readonly name: string }) {
  const left = new Set(defect.patches.map(({ file }) => file));
  await build({
    entryPoints: { [name]: 'test/crash/command/main.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'silent',
    plugins: [
      {
        name: 'defect',
        setup(bundle) {
          for (const file of left) {
            const filter = new RegExp(`^${resolve(file).replaceAll(/[.\\/]/g, '\\$&')}$`);
            bundle.onLoad({ filter }, async ({ path }) => {
              const text = await readFile(path, 'utf8');
              left.delete(file);
              const own = defect.patches.filter((patch) => patch.file === file);
              return { contents: own.reduce(patched, text), loader: 'ts' };
            });
          }
        },
      },
    ],
  });
  if (left.size > 0) throw new Error(`defect "${defect.name}": ${[...left].join(', ')} is not part of the product`);
  return join(outdir, `${name}.mjs`);
}
