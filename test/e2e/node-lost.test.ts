import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Place, openPlace } from './place.js';
import { act, finished, firstLine, inState, reached, statesOf, submit, verdictOf } from './runs.js';
import { podStep } from './steps.js';

/** A node is NotReady 50 s after its last word (node-monitor-grace-period). */
const LIMIT_MS = 300_000;
/** Process of the kubelet of the only node, which is frozen: as good as a node that is lost, and it can come back. */
const KUBELET = Number(process.env['LOCKSTEP_E2E_KUBELET_PID'] ?? '0');

let place: Place;

describe.skipIf(KUBELET === 0)('a node that is lost', () => {
  beforeAll(async () => {
    place = await openPlace();
  }, LIMIT_MS);

  afterAll(async () => {
    process.kill(KUBELET, 'SIGCONT');
    await place.close();
  }, LIMIT_MS);

  it(
    'is shown as soon as it is known; nothing is started in its place until a person asserts that it has stopped',
    async () => {
      const step = podStep('a', 'exec sleep 3600', {
        pod: { terminationGracePeriodSeconds: 1 },
        step: { timeouts: { run: '90s', stop: '5s' } },
      });
      const run = await submit(place, 'lost', { steps: [step] });
      await inState(place, run, 'a', 'Running');
      process.kill(KUBELET, 'SIGSTOP');

      const noticed = await reached(
        place,
        run,
        ({ state }) => state?.tasks[0]?.waiting?.reason === 'NodeLost',
        LIMIT_MS,
      );
      expect(statesOf(noticed)).toEqual({ a: 'Running' });
      expect(firstLine(noticed)).toMatch(/^WAITING lost step 1\/1 a: node \S+ lost/);

      const stopping = await reached(place, run, (now) => statesOf(now)['a'] === 'Stopping', LIMIT_MS);
      expect(stopping.state?.tasks[0]?.ended).toEqual([]);
      const needed = await reached(place, run, (now) =>
        firstLine(now).startsWith('BLOCKED lost step 1/1 a: not confirmed stopped'),
      );
      expect(needed.state?.finishedAt).toBeNull();

      await act(place, run, 'AssertStopped', 'a');
      const end = await finished(place, run);
      expect(end.state?.phase).toBe('Failed');
      expect(end.state?.tasks[0]?.ended).toMatchObject([{ stop: { confirmed: false, assertedBy: 'dana' } }]);
      expect(verdictOf(end, 'a')).toMatchObject({ reason: 'NodeLost', stage: 'Infrastructure', effects: 'Unknown' });
      expect(firstLine(end)).toMatch(/^FAILED lost step 1\/1 a: node \S+ lost/);
    },
    LIMIT_MS,
  );
});
