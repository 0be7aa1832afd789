import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CredentialsSource, loadCredentials } from '../../src/runtime/index.js';
import { VirtualClock } from '../support/virtual-clock.js';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** YAML with one cluster, user and context. */
function kubeconfig(name: string, { user = '{}', cluster = '' } = {}): string {
  return `
current-context: ${name}
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
clusters: [{ name: ${name}, cluster: { server: 'https://${name}.test'${cluster} } }]
users: [{ name: ${name}, user: ${user} }]
`;
}

/** A folder with a kubeconfig and the files that it names. */
function folderWith(config: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(directory, 'folder-'));
  mkdirSync(join(folder, 'pki'));
  for (const [name, text] of Object.entries({ ...files, config })) writeFileSync(join(folder, name), text);
  return join(folder, 'config');
}

async function accessOf(source: CredentialsSource) {
  return (await loadCredentials(source, new VirtualClock())).credentials();
}

const RELATIVE = kubeconfig('main', {
  user: '{ tokenFile: pki/token, client-certificate: pki/me.crt, client-key: ./pki/me.key }',
  cluster: ', certificate-authority: pki/ca.crt',
});
const FILES = { 'pki/token': 'one\n', 'pki/me.crt': 'CERT', 'pki/me.key': 'KEY', 'pki/ca.crt': 'CA' };
const FOUND = {
  tls: { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') },
  headers: { authorization: 'Bearer one' },
};

describe('paths in a kubeconfig', () => {
  it('are relative to its folder', async () => {
    const path = folderWith(RELATIVE, FILES);
    expect(await accessOf({ kind: 'file', path })).toMatchObject(FOUND);
  });

  it('are relative to its folder also where its own path is relative', async () => {
    const path = relative(process.cwd(), folderWith(RELATIVE, FILES));
    expect(await accessOf({ kind: 'file', path })).toMatchObject(FOUND);
  });

  it('are relative to the folder of that file of KUBECONFIG in which they stand', async () => {
    const first = folderWith(kubeconfig('first', { user: '{ tokenFile: pki/token }' }), { 'pki/token': 'first' });
    const second = folderWith(RELATIVE, FILES);
    vi.stubEnv('KUBECONFIG', [first, second].join(delimiter));
    expect(await accessOf({ kind: 'default', context: 'main' })).toMatchObject(FOUND);
    expect((await accessOf({ kind: 'default' })).headers).toEqual({ authorization: 'Bearer first' });
  });

  it('are taken as they are where they are absolute', async () => {
    const token = join(directory, 'absolute-token');
    writeFileSync(token, 'one');
    const path = folderWith(kubeconfig('main', { user: `{ tokenFile: ${token} }` }));
    expect((await accessOf({ kind: 'file', path })).headers).toEqual({ authorization: 'Bearer one' });
  });
});

describe('several files of KUBECONFIG', () => {
  it('are one kubeconfig, in which the first current context and the first entry of a name count', async () => {
    const first = folderWith(kubeconfig('main', { user: '{ token: mine }' }));
    const again = folderWith(kubeconfig('main', { user: '{ tokenFile: nowhere }' }));
    const other = folderWith(kubeconfig('other', { user: '{ token: theirs }' }));
    vi.stubEnv('KUBECONFIG', [first, again, other].join(delimiter));
    expect(await accessOf({ kind: 'default' })).toMatchObject({
      server: 'https://main.test',
      headers: { authorization: 'Bearer mine' },
    });
    expect(await accessOf({ kind: 'default', context: 'other' })).toMatchObject({
      server: 'https://other.test',
      headers: { authorization: 'Bearer theirs' },
    });
  });
});

describe('the default kubeconfig', () => {
  it('is ~/.kube/config where KUBECONFIG names none', async () => {
    const home = mkdtempSync(join(directory, 'home-'));
    mkdirSync(join(home, '.kube'));
    writeFileSync(join(home, '.kube', 'config'), kubeconfig('home', { user: '{ tokenFile: token }' }));
    writeFileSync(join(home, '.kube', 'token'), 'at-home');
    vi.stubEnv('HOME', home);
    vi.stubEnv('KUBECONFIG', '');
    expect(await accessOf({ kind: 'default' })).toMatchObject({
      server: 'https://home.test',
      headers: { authorization: 'Bearer at-home' },
    });
  });
});
