// Lays out the root of the container image: this machine's Node with the libraries that it needs, and the built program.
// It needs no registry, so that an image can be made where none can be reached; see Containerfile.
//   node deploy/image/rootfs.mjs [--program-only] DIRECTORY
// --program-only: for a base image that has Node, and users of its own.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { transformSync } from 'esbuild';

const { values, positionals } = parseArgs({
  options: { 'program-only': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [root] = positionals;
if (root === undefined || positionals.length > 1) {
  console.error('usage: node deploy/image/rootfs.mjs [--program-only] DIRECTORY');
  process.exit(2);
}
if (!existsSync('dist/cli.js')) {
  console.error('dist/cli.js is missing; build the program first: npm ci && npm run build');
  process.exit(1);
}
const isWhole = !values['program-only'];
rmSync(root, { recursive: true, force: true });
const put = (from, to) => {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(from, join(root, to), { dereference: true, recursive: true });
};

const putLibraries = (binary) => {
  if (!isWhole) return;
  const linked = execFileSync('ldd', [binary], { encoding: 'utf8' });
  for (const [path] of linked.matchAll(/\/\S+/g)) put(path, path.slice(1));
};
if (isWhole) {
  // Node, without its symbols, and what it is linked to.
  put(process.execPath, 'usr/bin/node');
  try {
    execFileSync('strip', [join(root, 'usr/bin/node')]);
  } catch {
    console.error('strip is not installed (package binutils): the image is about 12 MB larger');
  }
  putLibraries(process.execPath);
}

const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

// The program: bundles without their source maps, comments and blanks. Names stay: a stack is read by a person. No package
// manager, no shell.
for (const file of readdirSync('dist', { recursive: true })) {
  const path = join('dist', file);
  if (!statSync(path).isFile() || path.endsWith('.map')) continue;
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    format: 'esm',
    target: 'node20.19',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  write(join('app', file), code);
}
write('app/package.json', '{"type":"module"}\n');
// SQLite: part of Node from 22.13 on, before that a package with a native part (docs/decisions/0005).
// The Node of another base is not known here: the package is put there in any case.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (!isWhole || major < 22 || (major === 22 && minor < 13)) {
  const native = `prebuilds/linux-${process.arch}/@photostructure+sqlite.glibc.node`;
  const needed = {
    '@photostructure/sqlite': ['package.json', 'LICENSE', 'dist/index.mjs', native],
    'node-gyp-build': ['package.json', 'LICENSE', 'index.js', 'node-gyp-build.js'],
  };
  for (const [name, files] of Object.entries(needed))
    for (const file of files) {
      const path = join('node_modules', name, file);
      if (!existsSync(path)) throw new Error(`${path} is missing: install with optional packages, npm ci`);
      put(path, join('app', path));
    }
  putLibraries(join('node_modules/@photostructure/sqlite', native));
}

// Names for the user, and directories that a volume may be mounted on.
const files = isWhole
  ? [
      ['etc/passwd', 'root:x:0:0::/:\nlockstep:x:65532:65532::/var/lib/lockstep:\n'],
      ['etc/group', 'root:x:0:\nlockstep:x:65532:\n'],
      ['etc/nsswitch.conf', 'hosts: files dns\n'],
    ]
  : [];
for (const [path, text] of files) write(path, text);
mkdirSync(join(root, 'var/lib/lockstep'), { recursive: true });
if (isWhole) {
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
}
put('LICENSE', 'app/LICENSE');
