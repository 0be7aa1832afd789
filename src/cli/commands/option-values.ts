import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../api/duration.js';

/** `-o FORM`; the first form is the default. */
export function output(first: string, ...others: readonly string[]): Option {
  return new Option('-o, --output <form>', 'form of the output').choices([first, ...others]).default(first);
}

/** The value of a repeatable option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** In ms. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Write a duration such as 30s, 5m or 1h.');
  return ms;
}

export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Write a whole number.');
  return value;
}

export function port(text: string): number {
  const value = count(text);
  if (value > 65_535) throw new InvalidArgumentError('Write a port, 0 to 65535.');
  return value;
}

/** Words that are no phase are refused with the nearest; commander does so for choices. */
export const PHASES = [
  'Pending',
  'Blocked',
  'Suspended',
  'Running',
  'Cancelling',
  'Succeeded',
  'Failed',
  'Cancelled',
] as const;
