import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CredentialsError, loadCredentials } from '../../src/runtime/index.js';
import { VirtualClock } from '../support/virtual-clock.js';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'credentials-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function kubeconfig(user: object, cluster: object = { server: 'https://api.test:6443' }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    contexts: [
      { name: 'main', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
      { name: 'other', context: { cluster: 'd', user: 'u' } },
    ],
    clusters: [
      { name: 'c', cluster },
      { name: 'd', cluster: { server: 'https://other.test' } },
    ],
    users: [{ name: 'u', user }],
  });
}

async function accessOf(user: object, cluster?: object) {
  const { credentials } = await loadCredentials({ kind: 'text', text: kubeconfig(user, cluster) }, new VirtualClock());
  return credentials();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('credentials of a kubeconfig', () => {
  it('tell server, context and namespace', async () => {
    const loaded = await loadCredentials({ kind: 'text', text: kubeconfig({}) }, new VirtualClock());
    expect(loaded).toMatchObject({ server: 'https://api.test:6443', context: 'main', namespace: 'shop' });
  });

  it('a bearer token', async () => {
    expect((await accessOf({ token: 't' })).headers).toEqual({ authorization: 'Bearer t' });
  });

  it('name and password', async () => {
    const { headers } = await accessOf({ username: 'me', password: 'p' });
    expect(headers).toEqual({ authorization: `Basic ${base64('me:p')}` });
  });

  it('a client certificate, and the authority of the server', async () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    const cluster = {
      server: 'https://api.test',
      'certificate-authority-data': base64('CA'),
      'tls-server-name': 'kube',
    };
    const { tls, headers } = await accessOf(user, cluster);
    expect(tls).toMatchObject({
      ca: Buffer.from('CA'),
      cert: Buffer.from('CERT'),
      key: Buffer.from('KEY'),
      servername: 'kube',
    });
    expect(headers).toEqual({});
  });

  it('an exec plugin', async () => {
    const answer = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-plugin' },
    };
    const exec = {
      apiVersion: answer.apiVersion,
      command: 'echo',
      args: [JSON.stringify(answer)],
      interactiveMode: 'Never',
    };
    expect((await accessOf({ exec })).headers).toEqual({ authorization: 'Bearer from-plugin' });
  });

  it('plain HTTP needs no setting about TLS', async () => {
    const { server, headers } = await accessOf({ token: 't' }, { server: 'http://127.0.0.1:8080' });
    expect({ server, headers }).toEqual({ server: 'http://127.0.0.1:8080', headers: { authorization: 'Bearer t' } });
  });

  it('another context, from a file', async () => {
    const path = join(directory, 'config');
    writeFileSync(path, kubeconfig({}));
    const loaded = await loadCredentials({ kind: 'file', path, context: 'other' }, new VirtualClock());
    expect(loaded).toMatchObject({ server: 'https://other.test', context: 'other', namespace: null });
  });

  it('are read again after 30 s, not before: a certificate that was replaced is found', async () => {
    const authority = join(directory, 'ca.crt');
    writeFileSync(authority, 'OLD');
    const clock = new VirtualClock();
    const text = kubeconfig({}, { server: 'https://api.test', 'certificate-authority': authority });
    const { credentials } = await loadCredentials({ kind: 'text', text }, clock);
    const first = await credentials();
    writeFileSync(authority, 'NEW');
    await clock.advance(29_999);
    expect(await credentials()).toBe(first);
    await clock.advance(1);
    expect((await credentials()).tls.ca).toEqual(Buffer.from('NEW'));
  });
});

describe('the service account of the pod we run in', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function podWithToken(token: string) {
    const root = mkdtempSync(join(directory, 'pod-'));
    const account = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    mkdirSync(account, { recursive: true });
    writeFileSync(join(account, 'ca.crt'), 'CA');
    writeFileSync(join(account, 'namespace'), 'lockstep-system');
    const rotate = (next: string): void => {
      writeFileSync(join(account, 'token'), next);
    };
    rotate(token);
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '10.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '6443');
    return { source: { kind: 'in-cluster', root } as const, rotate };
  }

  it('is used, with the authority of the cluster and the namespace of the pod', async () => {
    const { source } = podWithToken('one');
    const loaded = await loadCredentials(source, new VirtualClock());
    expect(loaded).toMatchObject({ server: 'https://10.0.0.1:6443', namespace: 'lockstep-system' });
    expect(await loaded.credentials()).toMatchObject({
      tls: { ca: Buffer.from('CA') },
      headers: { authorization: 'Bearer one' },
    });
  });

  it('a token that was rotated is used from the next read on, which comes within 30 s', async () => {
    const { source, rotate } = podWithToken('one');
    const clock = new VirtualClock();
    const { credentials } = await loadCredentials(source, clock);
    await credentials();
    rotate('two');
    await clock.advance(29_999);
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer one' });
    await clock.advance(1);
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer two' });
  });

  it('a token that ends with a line feed is sent without, and an empty file is told', async () => {
    const { source, rotate } = podWithToken('one\n');
    const clock = new VirtualClock();
    expect((await (await loadCredentials(source, clock)).credentials()).headers).toEqual({
      authorization: 'Bearer one',
    });
    rotate('');
    await expect((await loadCredentials(source, clock)).credentials()).rejects.toThrow('serviceaccount/token');
  });

  it('a token that the server refuses is read again at once', async () => {
    const { source, rotate } = podWithToken('one');
    const { credentials } = await loadCredentials(source, new VirtualClock());
    const refused = await credentials();
    rotate('two');
    expect((await credentials({ refused })).headers).toEqual({ authorization: 'Bearer two' });
  });
});

describe('credentials that the server has refused', () => {
  /** A plugin that counts how often it ran, and gives the number as the token. */
  function countingPlugin() {
    const place = mkdtempSync(join(directory, 'plugin-'));
    const script = join(place, 'plugin.sh');
    const count = join(place, 'count');
    writeFileSync(count, '0');
    const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$n'"}}`;
    writeFileSync(script, `#!/bin/sh\nn=$(($(cat ${count}) + 1))\necho $n > ${count}\necho '${answer}'\n`);
    chmodSync(script, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script, interactiveMode: 'Never' };
    return { text: kubeconfig({ exec }), runs: () => Number(readFileSync(count, 'utf8')) };
  }

  it('are asked of a plugin again, which else is believed for as long as it said', async () => {
    const { text, runs } = countingPlugin();
    const clock = new VirtualClock();
    const { credentials } = await loadCredentials({ kind: 'text', text }, clock);
    const refused = await credentials();
    await clock.advance(60_000);
    expect(await credentials()).toBe(refused);
    expect(runs()).toBe(1);
    expect((await credentials({ refused })).headers).toEqual({ authorization: 'Bearer 2' });
  });

  it('are read once for all callers that were refused, and not again within 5 s', async () => {
    const { text, runs } = countingPlugin();
    const clock = new VirtualClock();
    const { credentials } = await loadCredentials({ kind: 'text', text }, clock);
    const refused = await credentials();
    const [one, other] = await Promise.all([credentials({ refused }), credentials({ refused })]);
    expect(one).toBe(other);
    expect(await credentials({ refused: one })).toBe(one);
    expect(runs()).toBe(2);
    await clock.advance(5_000);
    expect(await credentials({ refused: one })).not.toBe(one);
  });

  it('are the same object where nothing new is found', async () => {
    const { credentials } = await loadCredentials(
      { kind: 'text', text: kubeconfig({ token: 't' }) },
      new VirtualClock(),
    );
    const refused = await credentials();
    expect(await credentials({ refused })).toBe(refused);
  });
});

describe('a kubeconfig that changes', () => {
  async function changed(next: string | null) {
    const path = join(mkdtempSync(join(directory, 'changing-')), 'config');
    writeFileSync(path, kubeconfig({ token: 'old' }));
    const clock = new VirtualClock();
    const { credentials } = await loadCredentials({ kind: 'file', path }, clock);
    await credentials();
    if (next === null) rmSync(path);
    else writeFileSync(path, next);
    await clock.advance(30_000);
    return credentials();
  }

  it('brings its new token', async () => {
    expect((await changed(kubeconfig({ token: 'new' }))).headers).toEqual({ authorization: 'Bearer new' });
  });

  it('does not take a running process to another context', async () => {
    const other = kubeconfig({ token: 'new' }).replace('"current-context":"main"', '"current-context":"other"');
    expect(await changed(other)).toMatchObject({
      server: 'https://api.test:6443',
      headers: { authorization: 'Bearer new' },
    });
  });

  it.each([
    ['is gone (it was a pipe)', null],
    ['is being written', '{"kind":"Conf'],
    ['names another server', kubeconfig({ token: 'new' }, { server: 'https://new.test' })],
  ])('still counts as it was where it %s', async (_, next) => {
    expect(await changed(next)).toMatchObject({
      server: 'https://api.test:6443',
      headers: { authorization: 'Bearer old' },
    });
  });
});

describe('credentials that cannot be used', () => {
  it.each([
    [
      'a file that is not there',
      { kind: 'file', path: '/nowhere/config' } as const,
      'the kubeconfig /nowhere/config cannot be read',
    ],
    [
      'a context that is not there',
      { kind: 'text', text: kubeconfig({}), context: 'x' } as const,
      'it has: main, other',
    ],
    ['no cluster', { kind: 'text', text: '{"kind":"Config"}' } as const, 'has no cluster for the context'],
    [
      'a server that is no URL',
      { kind: 'text', text: kubeconfig({}, { server: 'api.test' }) } as const,
      'names no usable server',
    ],
    [
      'a proxy',
      { kind: 'text', text: kubeconfig({}, { server: 'https://api.test', 'proxy-url': 'http://proxy' }) } as const,
      'proxies are not supported yet',
    ],
    ['no pod', { kind: 'in-cluster' } as const, 'this process does not run in a pod'],
  ])('%s: says so', async (_, source, message) => {
    const loading = loadCredentials(source, new VirtualClock());
    await expect(loading).rejects.toThrow(CredentialsError);
    await expect(loading).rejects.toThrow(message);
  });

  it('a plugin that fails is asked again at the next call', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', interactiveMode: 'Never' };
    const { credentials } = await loadCredentials({ kind: 'text', text: kubeconfig({ exec }) }, new VirtualClock());
    await expect(credentials()).rejects.toThrow('credentials for https://api.test:6443 could not be got');
    await expect(credentials()).rejects.toThrow(CredentialsError);
  });
});
