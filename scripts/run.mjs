// Runs a TypeScript program of bench/ or test/: `node scripts/run.mjs FILE [ARGUMENTS]`, from the repository's root.
// Node 20 reads no TypeScript; what esbuild makes of it lies where node_modules is found.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const [file, ...args] = process.argv.slice(2);
const outfile = resolve('node_modules/.cache/lockstep', `${file.replace(/[^a-z0-9]+/gi, '-')}-${process.pid}.mjs`);
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'inline',
  external: ['node:sqlite'],
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], outfile, ...args];
process.on('exit', () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
