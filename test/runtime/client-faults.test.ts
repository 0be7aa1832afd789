// What the client makes of an API server's faults, over the real transport. Names like TestX are client-go's
// (rest/request_test.go).
import { Readable } from 'node:stream';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ApiError,
  NoAnswerError,
  PODS,
  SharedInformer,
  createClient,
  createHttpTransport,
  fixedCredentials,
  mayHaveBeenDone,
  type CallReport,
  type Client,
  type HttpTransport,
} from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';
import { CONFIG_MAPS } from './config-maps.js';
import { drive, until } from './drive.js';
import { configMap, configMapList } from './scripted-api.js';

const SERVER = 'https://api.shop.test:6443';
const ONE = '/api/v1/namespaces/shop/configmaps/a';
const ALL = '/api/v1/namespaces/shop/configmaps';
const REF = { namespace: 'shop', name: 'a' };

let clock: VirtualClock;
let transport: HttpTransport;
let client: Client;
let calls: CallReport[];
let warnings: string[];

beforeEach(() => {
  nock.disableNetConnect();
  clock = new VirtualClock();
  calls = [];
  warnings = [];
  transport = createHttpTransport({ credentials: fixedCredentials(SERVER, { token: 'secret' }), clock });
  client = createClient({
    transport,
    clock,
    random: () => 0.5,
    userAgent: 'lockstep/test',
    onCall: (report) => calls.push(report),
    onWarning: (warning) => warnings.push(warning),
  });
});

afterEach(() => {
  transport.close();
  nock.cleanAll();
  nock.enableNetConnect();
});

function status(code: number, reason: string, more: object = {}): nock.Body {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `it said ${reason}`, ...more };
}

/** The error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await drive(clock, call);
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}

function merge(body: object) {
  return { patch: { type: 'merge' as const, body } };
}

describe('what is sent', () => {
  it('C5: is JSON with our user agent, the credentials and, where something is changed, the time that the server may take', async () => {
    const headers = { 'user-agent': 'lockstep/test', authorization: 'Bearer secret' };
    const scope = nock(SERVER, { reqheaders: { ...headers, 'content-type': 'application/merge-patch+json' } })
      .patch(`${ONE}/status`, { metadata: { resourceVersion: '1' } })
      .query({ timeout: '10s', fieldValidation: 'Strict' })
      .reply(200, configMap('a', '2'));
    const patch = {
      ...merge({ metadata: { resourceVersion: '1' } }),
      subresource: 'status',
      fieldValidation: 'Strict',
    } as const;
    const patched = await drive(clock, client.patch(CONFIG_MAPS, REF, patch));
    expect(patched.metadata.resourceVersion).toBe('2');
    expect(scope.isDone()).toBe(true);
  });

  it('C8: deletes with the preconditions in the body', async () => {
    nock(SERVER)
      .delete(ONE, {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'u' },
        propagationPolicy: 'Foreground',
      })
      .query({ timeout: '10s' })
      .reply(200, { kind: 'Status', status: 'Success' });
    const removal = client.remove(CONFIG_MAPS, REF, { preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' });
    expect(await drive(clock, removal)).toBeNull();
  });

  it('is counted by verb, resource and code', async () => {
    nock(SERVER).get(ONE).reply(200, configMap('a', '1'));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(calls).toMatchObject([{ verb: 'get', resource: 'configmaps', subresource: null, code: 200 }]);
  });

  it('C16: tells the skew of our clock by the Date of the answer, where it has one', async () => {
    const date = new Date(clock.now() - 90_000).toUTCString();
    nock(SERVER).get(ONE).reply(200, configMap('a', '1'), { date });
    nock(SERVER).get(ONE).reply(200, configMap('a', '1'));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    const [first, second] = calls;
    expect(first?.skew?.atLeastMs).toBeLessThanOrEqual(90_000);
    expect(first?.skew?.atMostMs).toBeGreaterThanOrEqual(90_000);
    expect(second?.skew).toBeNull();
  });

  it('TestRequestWarningHandler: the warnings of the server are handed on', async () => {
    const warning = '299 - "unknown field \\"dta\\""';
    nock(SERVER).post(ALL).query(true).reply(201, configMap('a', '1'), { warning });
    await drive(clock, client.create(CONFIG_MAPS, { metadata: REF }));
    expect(warnings).toEqual([warning]);
  });
});

describe('an error answer', () => {
  it('409 Conflict is not repeated, and says what to do', async () => {
    nock(SERVER).patch(ONE).query(true).reply(409, status(409, 'Conflict'));
    const error = await errorOf(client.patch(CONFIG_MAPS, REF, merge({})));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 409, reason: 'Conflict', retryAfterMs: null });
    expect(String(error)).toContain(
      'cannot patch configmaps "shop/a": it said Conflict (409 Conflict); it has changed',
    );
    expect(calls).toHaveLength(1);
  });

  it('409 AlreadyExists is told from a conflict', async () => {
    nock(SERVER).post(ALL).query(true).reply(409, status(409, 'AlreadyExists'));
    expect(await errorOf(client.create(CONFIG_MAPS, { metadata: REF }))).toMatchObject({ reason: 'AlreadyExists' });
  });

  it('422 names the fields', async () => {
    const causes = [{ reason: 'FieldValueInvalid', field: 'spec.x', message: 'must be positive' }];
    nock(SERVER)
      .post(ALL)
      .query(true)
      .reply(422, status(422, 'Invalid', { details: { causes } }));
    expect(await errorOf(client.create(CONFIG_MAPS, { metadata: REF }))).toMatchObject({ reason: 'Invalid', causes });
  });

  it('404 is null for find and an ApiError for get', async () => {
    nock(SERVER).get(ONE).twice().reply(404, status(404, 'NotFound'));
    expect(await drive(clock, client.find(CONFIG_MAPS, REF))).toBeNull();
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ code: 404 });
  });

  it('500 is not repeated: nobody knows whether it was done', async () => {
    nock(SERVER).post(ALL).query(true).reply(500, status(500, 'InternalError'));
    const error = await errorOf(client.create(CONFIG_MAPS, { metadata: REF }));
    expect(error).toMatchObject({ code: 500, reason: 'InternalError' });
    expect(mayHaveBeenDone(error)).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('a proxy that answers in HTML is quoted', async () => {
    nock(SERVER).get(ONE).reply(502, '<html>bad gateway</html>');
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({
      code: 502,
      reason: 'Unknown',
      status: { kind: 'Status', message: '<html>bad gateway</html>' },
    });
  });

  it('TestTruncateBody: of a long page only the beginning is quoted', async () => {
    nock(SERVER).get(ONE).reply(500, 'x'.repeat(100_000));
    const error = await errorOf(client.get(CONFIG_MAPS, REF));
    expect(String(error).length).toBeLessThan(700);
  });

  it('something else than the object that was asked for is refused', async () => {
    nock(SERVER).get(ONE).reply(200, { kind: 'Pod', metadata: {} });
    expect(String(await errorOf(client.get(CONFIG_MAPS, REF)))).toContain('no ConfigMap: its kind is "Pod"');
    nock(SERVER).get(ONE).reply(200, 'hello');
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ name: 'MalformedObjectError' });
  });
});

describe('a busy server', () => {
  it.each([429, 503])(
    'TestCheckRetryHandles429And5xx: %i with Retry-After is sent again after that time, also a create',
    async (code) => {
      nock(SERVER).post(ALL).query(true).reply(code, status(code, 'Busy'), { 'retry-after': '1' });
      nock(SERVER).post(ALL).query(true).reply(201, configMap('a', '1'));
      const start = clock.monotonic();
      await drive(clock, client.create(CONFIG_MAPS, { metadata: REF }));
      expect(clock.monotonic() - start).toBe(1_000);
      expect(calls.map((call) => call.code)).toEqual([code, 201]);
    },
  );

  it('TestRequestMaxRetries: is given up after waits of two seconds, and the error says how long to wait', async () => {
    nock(SERVER).get(ONE).times(9).reply(429, status(429, 'TooManyRequests'), { 'retry-after': '1' });
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ code: 429, retryAfterMs: 1_000 });
    expect(calls).toHaveLength(3);
  });

  it('that wants to be left alone for long is not waited for', async () => {
    nock(SERVER).get(ONE).reply(429, status(429, 'TooManyRequests'), { 'retry-after': '30' });
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ retryAfterMs: 30_000 });
    expect(calls).toHaveLength(1);
  });

  it('that does not say when to come again is left to the caller', async () => {
    nock(SERVER).get(ONE).reply(503, status(503, 'ServiceUnavailable'));
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ code: 503, retryAfterMs: null });
    expect(calls).toHaveLength(1);
  });

  it('is not waited for any longer when the caller gives up', async () => {
    nock(SERVER).get(ONE).reply(429, status(429, 'TooManyRequests'), { 'retry-after': '1' });
    const giveUp = new AbortController();
    const call = client.get(CONFIG_MAPS, REF, { signal: giveUp.signal });
    await until(() => calls.length === 1);
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortedError' });
    expect(clock.pending).toBe(0);
  });
});

describe('a reset connection', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

  it('leaves it unknown whether a create was done, and does not repeat it', async () => {
    nock(SERVER).post(ALL).query(true).replyWithError(reset);
    const error = await errorOf(client.create(CONFIG_MAPS, { metadata: REF }));
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(error).toMatchObject({ maybeDone: true });
    expect(String(error)).toContain('whether it was done is unknown');
    expect(calls).toMatchObject([{ code: null }]);
  });

  it('of a read has changed nothing', async () => {
    nock(SERVER).get(ONE).replyWithError(reset);
    expect(await errorOf(client.get(CONFIG_MAPS, REF))).toMatchObject({ name: 'NoAnswerError', maybeDone: false });
  });
});

describe('a watch', () => {
  function open() {
    const signal = new AbortController().signal;
    return client.watch(CONFIG_MAPS, { namespace: 'shop', resourceVersion: '10', timeoutSeconds: 300, signal });
  }

  it('is refused with 410 when its version was compacted', async () => {
    nock(SERVER).get(ALL).query(true).reply(410, status(410, 'Expired'));
    expect(await errorOf(open())).toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('that is told in its stream that its version has expired throws the same', async () => {
    nock(SERVER)
      .get(ALL)
      .query(true)
      .reply(200, `${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired') })}\n`);
    const stream = await drive(clock, open());
    const read = async (): Promise<void> => {
      for await (const event of stream) expect(event).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('that dies in the middle has delivered what came whole, then throws', async () => {
    const line = `${JSON.stringify({ type: 'MODIFIED', object: configMap('a', '11') })}\n`;
    const body = new Readable({ read: () => undefined });
    nock(SERVER)
      .get(ALL)
      .query(true)
      .reply(200, () => body);
    const opening = open();
    body.push(line + line.slice(0, 20));
    const stream = await drive(clock, opening);
    const versions: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream) {
        versions.push(event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion);
        body.destroy(new Error('read ECONNRESET'));
      }
    };
    await expect(read()).rejects.toMatchObject({ name: 'NoAnswerError', maybeDone: false });
    expect(versions).toEqual(['11']);
  });

  it('TestRequestWatchWithRetry: an informer lives through 410 on watch and list, 429, 500, and a watch that dies', async () => {
    const list = () =>
      nock(SERVER)
        .get('/api/v1/configmaps')
        .query(({ watch }) => watch === undefined);
    const watch = (version: string) =>
      nock(SERVER)
        .get('/api/v1/configmaps')
        .query((query) => query['watch'] === 'true' && query['resourceVersion'] === version);
    list().reply(500, status(500, 'InternalError'));
    list().reply(200, configMapList('10', [configMap('a', '1')], 'token'));
    list().reply(410, status(410, 'Expired'));
    list().reply(200, configMapList('12', [configMap('a', '1')]));
    watch('12').reply(429, status(429, 'TooManyRequests'), { 'retry-after': '3' });
    watch('12').reply(200, `${JSON.stringify({ type: 'MODIFIED', object: configMap('a', '13') })}\n{"type":"MODI`);
    watch('13').reply(410, status(410, 'Expired'));
    list().reply(200, configMapList('20', [configMap('b', '19')]));
    const last = new Readable({ read: () => undefined });
    watch('20').reply(200, () => last);
    last.push(`${JSON.stringify({ type: 'ADDED', object: configMap('c', '21') })}\n`);

    const problems: string[] = [];
    const stop = new AbortController();
    const informer = new SharedInformer({
      client,
      resource: CONFIG_MAPS,
      clock,
      random: () => 0,
      onProblem: ({ during, error }) =>
        problems.push(`${during} ${error instanceof ApiError ? error.code : String(error)}`),
    });
    const running = informer.run(stop.signal);
    // Backoffs may pass; deadlines, of which the shortest is 10 s, may not.
    while (informer.get('shop/c') === undefined) {
      await settle();
      if ((clock.untilNext ?? Infinity) <= 5_000) await clock.advanceToNext();
    }
    expect(problems).toEqual(['list 500', 'watch 429', 'watch 410']);
    expect(informer.list().map(({ metadata }) => metadata.name)).toEqual(['b', 'c']);
    stop.abort();
    await running;
  });
});

it('lists cluster-wide and by selectors', async () => {
  nock(SERVER)
    .get('/api/v1/pods')
    .query({ limit: '500', labelSelector: 'a=b', fieldSelector: 'status.phase=Running' })
    .reply(200, { metadata: { resourceVersion: '5' }, items: [] });
  const listing = client.list(PODS, { labelSelector: 'a=b', fieldSelector: 'status.phase=Running' });
  expect(await drive(clock, listing)).toEqual({ items: [], resourceVersion: '5' });
});
