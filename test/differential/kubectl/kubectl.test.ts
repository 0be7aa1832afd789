import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../../src/api/generated/crd-manifests.js';
import { SYSTEM_ADMIN } from '../../../src/cluster/apiserver/authentication.js';
import { listen } from '../../../src/cluster/apiserver/http-listener.js';
import { createControllers } from '../../../src/cluster/controllers/index.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../../../src/cluster/index.js';
import { systemClock } from '../../../src/runtime/index.js';
import { type Command, COMMANDS } from './commands.js';
import { FILES, NAMESPACE } from './manifests.js';
import { shown } from './shown.js';

/** A kubeconfig of a real kube-apiserver with a controller manager. */
const REAL = process.env['LOCKSTEP_TEST_KUBECONFIG'];
const KUBECTL = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0;
const LIMIT_MS = 900_000;

interface Said {
  readonly code: number;
  readonly text: string;
}

/** What kubectl says is the same whether it talks to the embedded API server or to a real one. */
describe.skipIf(REAL === undefined || !KUBECTL)('kubectl says the same of both API servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-kubectl-'));
  const answers: (readonly [Said, Said])[] = [];
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const ours = join(folder, 'embedded.kubeconfig');
    writeFileSync(ours, kubeconfigOf(await openEmbedded(closers)));
    const theirs = REAL ?? '';
    for (const manifest of CRD_MANIFESTS) {
      writeFileSync(join(folder, 'crd.json'), JSON.stringify(manifest));
      for (const kubeconfig of [theirs, ours]) await kubectl(folder, kubeconfig, { line: 'create -f crd.json' });
    }
    for (const { line, ...rest } of [{ line: `delete ns ${NAMESPACE} --ignore-not-found --timeout=120s` }])
      await kubectl(folder, theirs, { line, ...rest });
    await kubectl(folder, theirs, { line: 'wait --for=condition=Established crd --all --timeout=60s' });
    for (const command of COMMANDS)
      answers.push(await Promise.all([kubectl(folder, theirs, command), kubectl(folder, ours, command)]));
  }, LIMIT_MS);
  afterAll(async () => {
    for (const close of closers) await close();
    rmSync(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  it.each(COMMANDS.map((command, index) => [index + 1, command.line, command] as const))(
    '%i: %s',
    (number, _line, command) => {
      const [theirs, ours] = answers[number - 1] ?? [];
      if (theirs === undefined || ours === undefined) throw new Error('not typed');
      expect(shown(ours, command)).toBe(shown(theirs, command));
    },
  );
});

async function openEmbedded(closers: (() => Promise<void>)[]): Promise<string> {
  const server = new ApiServer({ clock: systemClock, schemas: clusterSchemas, admission: clusterAdmission });
  const controllers = createControllers({ client: server.localClient(), clock: systemClock });
  await controllers.start();
  const listening = await listen(server, { anonymous: SYSTEM_ADMIN });
  closers.push(async () => {
    await controllers.stop();
    server.close();
    await listening.close();
  });
  return listening.url;
}

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: url } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: '' } }],
    'current-context': 'c',
  });
}

function kubectl(folder: string, kubeconfig: string, { line, env }: Command): Promise<Said> {
  // One word a space, but what is in braces or brackets is one.
  const args = line.match(/(?:\{[^ ]*\}|\[[^ ]*\]|\([^)]*\)|\S| in )+/g) ?? [];
  const home = join(folder, kubeconfig.endsWith('embedded.kubeconfig') ? 'ours' : 'theirs');
  return new Promise((resolve) => {
    const environment = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, KUBE_EDITOR: 'true', ...env };
    const options = { cwd: folder, env: environment, timeout: 180_000 };
    execFile('kubectl', ['-n', NAMESPACE, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, text: `${stdout}${stderr}` });
    });
  });
}
