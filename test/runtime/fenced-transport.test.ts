import { describe, expect, it } from 'vitest';
import { FencedTransport, NoAnswerError, createClient, mayHaveBeenDone } from '../../src/runtime/index.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import { CONFIG_MAPS } from './config-maps.js';
import { ScriptedApi, configMap } from './scripted-api.js';

function setUp() {
  const api = new ScriptedApi();
  const state = { leads: true };
  const fence = new FencedTransport(api, () => state.leads);
  const clock = new VirtualClock();
  return {
    api,
    state,
    fence,
    clock,
    client: createClient({ transport: fence, clock, random: () => 0, userAgent: 'test' }),
  };
}

const MANIFEST = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'a' } };

describe('a fenced transport', () => {
  it('C8: sends nothing that changes something once the process does not lead, and says that nothing was done', async () => {
    const { api, state, client } = setUp();
    state.leads = false;
    const refused = await client.create(CONFIG_MAPS, MANIFEST).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NoAnswerError);
    expect(mayHaveBeenDone(refused)).toBe(false);
    expect(String(refused)).toContain('this process does not lead');
    expect(api.requests).toEqual([]);
  });

  it('lets reads through: a candidate keeps its caches warm', async () => {
    const { api, state, client } = setUp();
    state.leads = false;
    api.reply(configMap('a', '1'));
    await expect(client.get(CONFIG_MAPS, { namespace: 'shop', name: 'a' })).resolves.toMatchObject({
      kind: 'ConfigMap',
    });
  });

  it('is drained when every write has its answer, good or bad', async () => {
    const { api, fence, client } = setUp();
    let answer: () => void = () => undefined;
    api.answer(
      () =>
        new Promise((resolve) => {
          answer = () => {
            resolve({ status: 201, headers: {}, body: JSON.stringify(configMap('a', '1')) });
          };
        }),
    );
    const created = client.create(CONFIG_MAPS, MANIFEST);
    let drained = false;
    const draining = fence.drained(new AbortController().signal).then(() => {
      drained = true;
    });
    await settle();
    expect([fence.writing, drained]).toEqual([1, false]);
    answer();
    await created;
    await draining;
    expect(fence.writing).toBe(0);
    await fence.drained(new AbortController().signal);
  });

  it('stops waiting when it is told to', async () => {
    const { fence, client, clock } = setUp();
    const lost = client.create(CONFIG_MAPS, MANIFEST).catch((error: unknown) => error);
    const stop = new AbortController();
    const draining = fence.drained(stop.signal);
    stop.abort();
    await expect(draining).rejects.toThrow('waiting for the answers to 1 writes');
    await clock.advance(60_000);
    expect(await lost).toBeInstanceOf(NoAnswerError);
  });
});
