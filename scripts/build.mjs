// Bundles the command line into dist/cli.js: one file, so that it starts fast and needs no node_modules.
// client-node is loaded from node_modules only when a kubeconfig is used (see src/runtime/credentials.ts).
import { build } from 'esbuild';
import { rmSync } from 'node:fs';

// Tests build into a directory of their own, so that they never run what somebody forgot to build.
const [outdir = 'dist'] = process.argv.slice(2);
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { cli: 'src/cli/main.ts' },
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  // pg-native is pg's other, compiled driver: pg asks for it only where a program does.
  external: ['@photostructure/sqlite', 'node:sqlite', 'pg-native'],
  legalComments: 'none',
  // Some bundled dependencies are CommonJS and call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
