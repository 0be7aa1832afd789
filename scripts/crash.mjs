// Bundles test/crash and runs it: `npm run crash`. See docs/correctness.md.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Below node_modules, so that the bundle finds the packages.
mkdirSync('node_modules/.cache', { recursive: true });
const outdir = mkdtempSync(join('node_modules', '.cache', 'crash-'));
try {
  await build({
    entryPoints: { crash: 'test/crash/command/main.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  const { status, signal } = spawnSync(process.execPath, [join(outdir, 'crash.mjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = signal === null ? (status ?? 1) : 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
