import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CredentialsError, loadCredentials } from '../../src/runtime/index.js';
import { VirtualClock } from '../support/virtual-clock.js';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'token-file-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function kubeconfig(user: object): string {
  return JSON.stringify({
    'current-context': 'main',
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'robot' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://api.test:6443' } }],
    users: [{ name: 'robot', user }],
  });
}

/** A kubeconfig whose user has a token file with this text, and what else is given. */
async function withTokenFile(text: string | null, user: object = {}) {
  const path = join(mkdtempSync(join(directory, 'user-')), 'token');
  const write = (next: string): void => {
    writeFileSync(path, next);
  };
  if (text !== null) write(text);
  const clock = new VirtualClock();
  const source = { kind: 'text', text: kubeconfig({ ...user, tokenFile: path }) } as const;
  const { credentials } = await loadCredentials(source, clock);
  const remove = (): void => {
    rmSync(path);
  };
  return { credentials, clock, path, write, remove };
}

const bearer = (token: string): object => ({ authorization: `Bearer ${token}` });

describe('a tokenFile of a kubeconfig', () => {
  it('gives the token, without the line feed at its end', async () => {
    const { credentials } = await withTokenFile('one\n');
    expect((await credentials()).headers).toEqual(bearer('one'));
  });

  it.each([
    ['a token', { token: 'fixed' }],
    ['name and password', { username: 'me', password: 'p' }],
  ])('comes before %s', async (_, user) => {
    const { credentials } = await withTokenFile('one', user);
    expect((await credentials()).headers).toEqual(bearer('one'));
  });

  it('is read again after 30 s, not before', async () => {
    const { credentials, clock, write } = await withTokenFile('one');
    await credentials();
    write('two');
    await clock.advance(29_999);
    expect((await credentials()).headers).toEqual(bearer('one'));
    await clock.advance(1);
    expect((await credentials()).headers).toEqual(bearer('two'));
  });

  it('is read again at once when the server refuses its token', async () => {
    const { credentials, write } = await withTokenFile('one');
    const refused = await credentials();
    write('two');
    expect((await credentials({ refused })).headers).toEqual(bearer('two'));
  });

  it('that is being written just now does not take away the token that was read', async () => {
    const { credentials, clock, write } = await withTokenFile('one');
    await credentials();
    write('');
    await clock.advance(30_000);
    expect((await credentials()).headers).toEqual(bearer('one'));
    write('two');
    await clock.advance(30_000);
    expect((await credentials()).headers).toEqual(bearer('two'));
  });

  it('that is gone is told once its token is refused, and at each call after that until it is back', async () => {
    const { credentials, path, remove, write } = await withTokenFile('one');
    const refused = await credentials();
    remove();
    const message = `the token file ${path} of the user "robot" cannot be read: ENOENT`;
    await expect(credentials({ refused })).rejects.toThrow(message);
    await expect(credentials()).rejects.toThrow(message);
    write('two');
    expect((await credentials()).headers).toEqual(bearer('two'));
  });

  it.each([
    ['that is not there', null, 'cannot be read: ENOENT'],
    ['that is empty', ' \n', 'is empty'],
    ['that holds something else', 'user: me\nhidden: x', 'holds something else than one token'],
  ])('%s: says so, with the file and the user, and not what stands in it', async (_, text, message) => {
    const { credentials, path } = await withTokenFile(text, { token: 'fixed' });
    const reading = credentials();
    await expect(reading).rejects.toThrow(CredentialsError);
    await expect(reading).rejects.toThrow(`the token file ${path} of the user "robot" ${message}`);
    await expect(reading).rejects.not.toThrow('hidden');
  });
});
