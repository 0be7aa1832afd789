import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { keepHeapCompact } from '../../../src/cli/controller/compact-heap.js';

function garbage(): WeakRef<object> {
  return new WeakRef({ text: 'nobody holds it' });
}

it('a heap that is kept compact is collected at once, and nobody can collect it afterwards', async () => {
  const dropped = garbage();
  // What a weak reference was made of lives until the end of the turn.
  await setImmediate();
  expect(dropped.deref()).toBeDefined();
  await setImmediate();
  keepHeapCompact();
  expect(dropped.deref()).toBeUndefined();
  expect(globalThis).not.toHaveProperty('gc');
});
