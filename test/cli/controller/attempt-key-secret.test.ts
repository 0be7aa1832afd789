import { describe, expect, it } from 'vitest';
import { attemptKeyInSecret } from '../../../src/cli/controller/attempt-key-secret.js';
import { createClient } from '../../../src/runtime/index.js';
import { ScriptedApi } from '../../runtime/scripted-api.js';
import { VirtualClock } from '../../support/virtual-clock.js';

const REF = { namespace: 'lockstep-system', name: 'lockstep-attempt-proof' };

function setUp() {
  const api = new ScriptedApi();
  return {
    api,
    client: createClient({ transport: api, clock: new VirtualClock(), random: () => 0, userAgent: 'test' }),
  };
}

function secret(bytes: number) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...REF, uid: 'u', resourceVersion: '1' },
    data: { key: Buffer.alloc(bytes, 7).toString('base64') },
  };
}

describe('the key of the attempt proofs in a Secret', () => {
  it('is read', async () => {
    const { api, client } = setUp();
    api.reply(secret(32));
    expect(await attemptKeyInSecret(client, REF)).toEqual(Buffer.alloc(32, 7));
    expect(api.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('is made at the first start: 32 random bytes that nobody can change', async () => {
    const { api, client } = setUp();
    api.refuse(404, 'NotFound').answer(({ body = '' }) => {
      const sent = JSON.parse(body) as ReturnType<typeof secret>;
      return { status: 201, headers: {}, body: JSON.stringify({ ...sent, metadata: secret(0).metadata }) };
    });
    expect(await attemptKeyInSecret(client, REF)).toHaveLength(32);
    expect(JSON.parse(api.requests[1]?.body ?? '')).toMatchObject({ immutable: true, type: 'Opaque', metadata: REF });
  });

  it('is that of the replica which was faster', async () => {
    const { api, client } = setUp();
    api.refuse(404, 'NotFound').refuse(409, 'AlreadyExists').reply(secret(32));
    expect(await attemptKeyInSecret(client, REF)).toEqual(Buffer.alloc(32, 7));
  });

  it('is never made anew where it is damaged: that would disown what runs', async () => {
    const { api, client } = setUp();
    api.reply(secret(5));
    await expect(attemptKeyInSecret(client, REF)).rejects.toThrow(
      'the Secret lockstep-system/lockstep-attempt-proof is damaged: its "key" has 5 bytes instead of 32',
    );
  });
});
