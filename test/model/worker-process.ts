import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Plugin, build } from 'esbuild';
import type { Defect } from './defects.js';
import type { Found } from './search.js';

/** Where what is built for the workers lies: where node_modules is found. */
const CACHE = resolve('node_modules/.cache/lockstep');

/** Builds the worker, with the defect in the product if one is given; gives back its file. */
export async function buildWorker(defect: Defect | null): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(mkdtempSync(join(CACHE, 'histories-')), 'worker.mjs');
  await build({
    entryPoints: ['test/model/worker.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
    plugins: defect === null ? [] : [broken(defect)],
  });
  return outfile;
}

function broken({ name, file, right, wrong }: Defect): Plugin {
  const path = resolve(file);
  return {
    name: 'defect',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) return null;
        const text = readFileSync(path, 'utf8');
        if (!text.includes(right)) throw new Error(`the defect "${name}" does not fit ${file} any more`);
        return { contents: text.replace(right, wrong), loader: 'ts' };
      });
    },
  };
}

interface Share {
  readonly runs: number;
  readonly seed: number;
  readonly shrinkMs: number;
  /** Real time, in ms, after which it is taken for hanging. */
  readonly limitMs: number;
}

/** Runs a worker in a process of its own. */
export function runWorker(file: string, { runs, seed, shrinkMs, limitMs }: Share): Promise<Found> {
  return new Promise((done, fail) => {
    let found: Found | null = null;
    const worker = fork(file, [runs, seed, shrinkMs].map(String), { execArgv: ['--max-old-space-size=1500'] });
    const limit = setTimeout(() => {
      worker.kill('SIGKILL');
      fail(new Error(`seed ${seed}: ${runs} histories did not end within ${limitMs / 1_000} s: one of them hangs`));
    }, limitMs);
    worker.on('message', (message: Found) => {
      found = message;
    });
    worker.on('exit', (code, signal) => {
      clearTimeout(limit);
      if (found === null) fail(new Error(`seed ${seed}: the worker ended with ${code ?? signal}`));
      else done(found);
    });
  });
}
