import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
