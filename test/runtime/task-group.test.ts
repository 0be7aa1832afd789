import { describe, expect, it } from 'vitest';
import { AbortedError, TaskGroup } from '../../src/runtime/index.js';
import { onAbort } from '../../src/runtime/abort.js';
import { settle } from '../support/virtual-clock.js';

/** A loop that ends in its own way when it is told to stop. */
function loop(signal: AbortSignal, end: (resolve: () => void, reject: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    onAbort(signal, () => {
      end(resolve, reject);
    });
  });
}

describe('a task group', () => {
  it('ends when all loops have ended after a stop; that they were aborted is no failure', async () => {
    const group = new TaskGroup();
    const ended: string[] = [];
    group.start('quiet', (signal) =>
      loop(signal, (resolve) => {
        ended.push('quiet');
        resolve();
      }),
    );
    group.start('loud', (signal) =>
      loop(signal, (_, reject) => {
        reject(new AbortedError('loud'));
      }),
    );
    await settle();
    expect(group.running).toBe(2);
    group.stop();
    await group.ended();
    expect(ended).toEqual(['quiet']);
    expect(group.running).toBe(0);
  });

  it('stops all when one fails, waits for them, and tells the failure', async () => {
    const failures: string[] = [];
    const group = new TaskGroup({ onFailure: (error) => failures.push(error.message) });
    let cleaned = false;
    group.start('other', async (signal) => {
      await loop(signal, (resolve) => {
        resolve();
      });
      await settle();
      cleaned = true;
    });
    group.start('watcher', () => Promise.reject(new TypeError('a bug')));
    await expect(group.ended()).rejects.toThrow('watcher failed: a bug');
    expect(cleaned).toBe(true);
    expect(failures).toEqual(['watcher failed: a bug']);
    await expect(group.ended()).rejects.toMatchObject({ name: 'TaskFailedError', task: 'watcher' });
  });

  it('tells only the first failure: the others may be its consequence', async () => {
    const failures: string[] = [];
    const group = new TaskGroup({ onFailure: (error) => failures.push(error.task) });
    group.start('first', () => Promise.reject(new Error('cause')));
    group.start('second', () => Promise.reject(new Error('consequence')));
    await expect(group.ended()).rejects.toThrow('first failed: cause');
    expect(failures).toEqual(['first']);
  });

  it('an AbortedError without a stop is a failure: somebody aborted what should run', async () => {
    const group = new TaskGroup();
    group.start('loop', () => Promise.reject(new AbortedError('loop')));
    await expect(group.ended()).rejects.toThrow('loop failed');
  });

  it('starts nothing after a stop', async () => {
    const group = new TaskGroup();
    group.stop();
    group.start('late', () => Promise.reject(new Error('must not run')));
    await group.ended();
  });
});
