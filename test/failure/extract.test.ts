import { describe, expect, it } from 'vitest';
import { extractOf } from '../../src/failure/index.js';
import { ended, pod, verdictOf } from './build.js';

describe('the extract of a verdict', () => {
  const verdict = verdictOf({ pod: pod({ main: ended(1, { message: 'line of a log\n'.repeat(200) }) }) });

  it('is the verdict itself where that fits', () => {
    expect(extractOf(verdict, 1_000_000)).toEqual(verdict);
  });

  it.each([4_096, 1_024, 512])('fits into %i bytes and keeps what decides', (bytes) => {
    const extract = extractOf(verdict, bytes);
    expect(Buffer.byteLength(JSON.stringify(extract))).toBeLessThanOrEqual(bytes);
    const { reason, stage, retryable, effects, exitCode, container } = verdict;
    expect(extract).toMatchObject({ reason, stage, retryable, effects, exitCode, container });
  });
});
