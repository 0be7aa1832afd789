import { describe, expect, it } from 'vitest';
import { Manager, type Part, TaskFailedError, delay } from '../../src/runtime/index.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';

function setUp(graceMs = 10_000) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const manager = new Manager({ clock, graceMs, onStopping: (name) => log.push(`stop ${name}`) });
  /** Takes a while to end when it is stopped. */
  const part = (name: string, endsAfterMs = 0): Part => ({
    name,
    run: async (signal) => {
      log.push(`start ${name}`);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      if (endsAfterMs > 0) await delay(clock, endsAfterMs);
      log.push(`end ${name}`);
    },
  });
  const stop = new AbortController();
  return { clock, log, manager, part, stop };
}

describe('a manager', () => {
  it('N3: starts parts in order and stops them in the reverse order, each after the one that uses it has ended', async () => {
    const { clock, log, manager, part, stop } = setUp();
    manager.add(part('probes'), part('lease', 100), part('controller', 5_000));
    const running = manager.run(stop.signal);
    await settle();
    expect([log, manager.stopping]).toEqual([['start probes', 'start lease', 'start controller'], false]);
    stop.abort();
    await clock.advance(4_999);
    expect([log.slice(3), manager.stopping]).toEqual([['stop controller'], true]);
    await clock.advance(1_000);
    await running;
    expect(log.slice(4)).toEqual(['end controller', 'stop lease', 'end lease', 'stop probes', 'end probes']);
  });

  it('stops everything when a part fails, and tells the first failure', async () => {
    const { log, manager, part, stop } = setUp();
    const broken: Part = { name: 'lease', run: () => Promise.reject(new Error('b has it')) };
    manager.add(part('probes'), broken, part('controller'));
    await expect(manager.run(stop.signal)).rejects.toThrow(TaskFailedError);
    expect(log).toEqual([
      'start probes',
      'start controller',
      'stop controller',
      'end controller',
      'stop lease',
      'stop probes',
      'end probes',
    ]);
  });

  it('takes it for a failure that a part ends by itself', async () => {
    const { manager, part, stop } = setUp();
    manager.add(part('probes'), { name: 'relay', run: () => Promise.resolve() });
    await expect(manager.run(stop.signal)).rejects.toThrow('relay failed: it ended by itself');
  });

  it('leaves alone what does not end within the grace, says so, and still stops the rest', async () => {
    const { clock, log, manager, part, stop } = setUp(10_000);
    manager.add(part('lease'), part('controller', 3_600_000));
    const running = manager.run(stop.signal);
    const failed = expect(running).rejects.toThrow('controller failed: it did not end within the 10 s of grace');
    await settle();
    stop.abort();
    await clock.advance(10_000);
    await failed;
    expect(log).toContain('stop lease');
  });

  it('stops at once where it was told to before it began', async () => {
    const { log, manager, part, stop } = setUp();
    stop.abort();
    manager.add(part('controller'));
    await manager.run(stop.signal);
    expect(log).toEqual(['start controller', 'stop controller', 'end controller']);
  });
});
