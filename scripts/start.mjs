// `npm start`: the main job. Runs the example as `lockstep run` would, says what to look at and what to type next, and
// ends with 0 when the run ended as the example says that it should. `npm start -- FILE` runs any other workflow.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const EXAMPLE = 'examples/remediate-web.yaml';
const [file = EXAMPLE, ...rest] = process.argv.slice(2);
const cli = 'dist/cli.js';
if (!existsSync(cli)) {
  console.error(`${cli} is not built; run: npm ci`);
  process.exit(1);
}
const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
const dataDir = join(state, 'lockstep', 'start');
const lockstep = (...args) => spawnSync(process.execPath, [cli, ...args, '--data-dir', dataDir], { stdio: 'inherit' });

console.error(`$ node ${cli} run ${file} --data-dir ${dataDir}`);
if (file === EXAMPLE) {
  console.error(
    'Two steps run side by side. `probe` is refused by a quota and tried again by itself.\n`warm-cache` needs more memory than it may have and is killed.\n',
  );
}
const { status, signal } = lockstep('run', file, ...(file === EXAMPLE ? ['--again'] : []), ...rest);
if (signal !== null) process.exit(1);
if (file !== EXAMPLE) process.exit(status);

// Only this script reads the annotation: Lockstep itself knows nothing of examples.
const [, expected = ''] = /example\.lockstep\.dev\/expect:\s*(\S+)/.exec(readFileSync(file, 'utf8')) ?? [];
const shown = spawnSync(
  process.execPath,
  [cli, 'get', 'remediate-web', '-n', 'remediate-web', '-o', 'json', '--data-dir', dataDir],
  { encoding: 'utf8' },
);
const { phase, reason } = JSON.parse(shown.stdout).status ?? {};
if (`${phase}/${reason}` !== expected) {
  console.error(`\nThe run ended ${phase}/${reason}; the example says that it should end ${expected}.`);
  process.exit(status === 0 ? 1 : status);
}
console.error(`
The run failed, as this example is meant to. Next:
  node ${cli} why remediate-web --data-dir ${dataDir}
  node ${cli} logs remediate-web warm-cache --data-dir ${dataDir}
  node ${cli} audit remediate-web --data-dir ${dataDir}
  node ${cli} --help`);
