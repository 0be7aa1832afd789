import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines, watchEvents } from '../../src/runtime/watch-stream.js';
import { CONFIG_MAPS } from './config-maps.js';

async function* stream(pieces: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const piece of pieces) {
    await Promise.resolve();
    yield piece;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('the lines of a stream', () => {
  it('are the same however the text is cut into pieces; an unfinished last line is none', async () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), line, fc.array(fc.nat(200)), async (whole, rest, cuts) => {
        const text = whole.map((each) => `${each}\n`).join('') + rest;
        const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(await collect(lines(stream(pieces)))).toEqual(whole);
      }),
    );
  });
});

describe('the events of a watch', () => {
  const request = { method: 'GET', path: '/api/v1/configmaps' } as const;

  it.each([
    ['no JSON', '<html>'],
    ['no object', '{"type":"ADDED"}'],
    ['no type that is known', '{"type":"RENAMED","object":{}}'],
    ['an object of another kind', '{"type":"ADDED","object":{"kind":"Pod","metadata":{}}}'],
    ['a bookmark without version', '{"type":"BOOKMARK","object":{}}'],
  ])('that are %s end it', async (_, line) => {
    const events = watchEvents(CONFIG_MAPS, request, stream([`${line}\n`]));
    await expect(collect(events)).rejects.toMatchObject({ name: 'MalformedObjectError' });
  });

  it('that report an error without saying which one end it with 500', async () => {
    const events = watchEvents(CONFIG_MAPS, request, stream(['{"type":"ERROR","object":{"oops":1}}\n']));
    await expect(collect(events)).rejects.toMatchObject({ name: 'ApiError', code: 500 });
  });
});
