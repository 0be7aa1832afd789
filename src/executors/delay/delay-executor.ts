import { parseDuration } from '../../api/duration.js';
import type { InstantExecutor } from '../executor.js';

/** Waits: ends at an instant that is written into the status, and creates no object. Input: `{ duration: "30s" }`. */
export const delayExecutor: InstantExecutor = {
  kind: 'instant',
  name: 'delay',
  validate(input) {
    const duration = input['duration'];
    if (typeof duration === 'string' && parseDuration(duration) !== null) return [];
    return [{ path: 'duration', message: 'must be a duration such as 30s, 5m or 1h30m' }];
  },
  endsAt(input, startedAt) {
    const duration = input['duration'];
    const ms = typeof duration === 'string' ? parseDuration(duration) : null;
    if (ms === null) throw new Error('a delay without a duration was started; this is a defect in Lockstep');
    return startedAt + ms;
  },
};
