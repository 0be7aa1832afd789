import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrivatePostgres, postgresPrograms } from '../support/postgres/private-postgres.js';
import { type Checkout, makeCheckout } from './checkout.js';
import { freePort } from './controller-args.js';
import { type Following, followSection } from './follow.js';
import { type NodeOfTest, startNode } from './node-of-test.js';
import { type Place, readPage } from './page.js';
import { Shell } from './shell.js';

/** A cluster of this test's own, without a node: Lockstep is installed in it, and removed with its CRDs. */
const KUBECONFIG = process.env['LOCKSTEP_TEST_KUBECONFIG'];
const TOOLS = ['kubectl', 'curl', 'bash'].filter((tool) => spawnSync('which', [tool]).status !== 0);
const LIMIT_MS = 300_000;
/** Commands that may stand in the page and are followed by no test. */
const MOST_UNTESTED = 20;

if (TOOLS.length > 0) process.stderr.write(`skipped: following docs/operations.md (no ${TOOLS.join(', ')} here)\n`);

const SECTIONS = readPage(readFileSync('docs/operations.md', 'utf8'));

describe.skipIf(TOOLS.length > 0)('docs/operations.md, typed as it stands', () => {
  let checkout: Checkout;
  let following: Following;
  let postgres: PrivatePostgres | null = null;
  let cluster: { close(): Promise<void> } | null = null;
  let broken: string | null = null;

  beforeAll(async () => {
    checkout = makeCheckout();
    const { path, home, program } = checkout;
    const { PATH } = process.env;
    const env: NodeJS.ProcessEnv = {
      PATH,
      LANG: 'C.UTF-8',
      LOCKSTEP_USER: 'tester',
      XDG_STATE_HOME: join(home, 'state'),
    };
    if (KUBECONFIG === undefined) cluster = await embedded({ home, path, program, env });
    else {
      copyFileSync(KUBECONFIG, join(home, '.kube', 'config'));
      cluster = await kubernetes({ home, program, env });
      if (postgresPrograms() !== null) {
        postgres = await PrivatePostgres.start();
        env['AUDIT_URL'] = await postgres.newDatabase();
        env['NEW_URL'] = await postgres.newDatabase();
      }
    }
    const shell = new Shell({ cwd: path, home, env });
    following = {
      shell,
      port: await freePort(),
      tally: { followed: 0, leftOut: new Map() },
      obstacle: (place) => obstacle(place, postgres !== null),
    };
  }, LIMIT_MS);

  afterAll(async () => {
    await following.shell.close();
    await cluster?.close();
    await postgres?.close();
    checkout.remove();
  }, LIMIT_MS);

  it.each(SECTIONS.map((section) => [section.title, section] as const))(
    '%s',
    async (_title, section) => {
      if (broken !== null) throw new Error(`not followed, since ${broken} could not be`);
      broken = section.title;
      await followSection(section, following);
      broken = null;
    },
    LIMIT_MS,
  );

  it('leaves few commands untested, and tells which it left out', () => {
    const { followed, leftOut } = following.tally;
    const lines = [...leftOut].map(([reason, count]) => `  ${count} not: ${reason}`);
    process.stdout.write(`docs/operations.md: ${followed} commands followed\n${lines.join('\n')}\n`);
    const untested = SECTIONS.flatMap(({ blocks }) => blocks.filter(({ place }) => place === 'nowhere'));
    expect(untested.flatMap(({ commands }) => commands).length).toBeLessThanOrEqual(MOST_UNTESTED);
    expect(followed).toBeGreaterThan(KUBECONFIG === undefined ? 20 : 45);
  });
});

/** Why commands are not followed here; null: they are. */
function obstacle(place: Exclude<Place, 'nowhere'>, hasPostgres: boolean): string | null {
  switch (place) {
    case 'anywhere':
      return null;
    case 'kubernetes':
      return KUBECONFIG === undefined ? 'on Kubernetes only (LOCKSTEP_TEST_KUBECONFIG)' : null;
    case 'postgres':
      if (KUBECONFIG === undefined) return 'on Kubernetes only (LOCKSTEP_TEST_KUBECONFIG)';
      return hasPostgres ? null : 'there is no PostgreSQL here';
    case 'node':
      return KUBECONFIG === undefined ? null : 'the node of this test has no logs';
  }
}

interface Surroundings {
  readonly home: string;
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The embedded cluster as the cluster of the page. */
async function embedded({
  home,
  path,
  env,
}: Surroundings & { readonly path: string }): Promise<{ close(): Promise<void> }> {
  const shell = new Shell({ cwd: path, home: join(home, '.kube'), env });
  const data = join(home, 'cluster');
  symlinkSync(join(data, 'kubeconfig'), join(home, '.kube', 'config'));
  await shell.type(`node dist/cli.js up --data-dir '${data}' &`);
  await shell.type(`until grep -q current-context '${data}/kubeconfig' 2>/dev/null; do sleep 0.1; done`);
  return {
    close: async () => {
      await shell.type('kill %1; wait %1');
      await shell.close();
    },
  };
}

/** A real API server gets a node, on which pods are processes. @throws Error where the cluster is somebody's */
async function kubernetes({ home, program, env }: Surroundings): Promise<NodeOfTest> {
  const kubeconfig = join(home, '.kube', 'config');
  const { stdout } = spawnSync('kubectl', ['get', 'nodes,deployments', '-A', '-o', 'name'], {
    env: { ...env, HOME: home, KUBECONFIG: kubeconfig },
    encoding: 'utf8',
  });
  if (stdout.trim() !== '')
    throw new Error(
      `this test installs Lockstep and removes it with its CRDs, and brings a node along: give it a cluster of its own; this one has\n${stdout}`,
    );
  return startNode({ kubeconfig, program, folder: home });
}
