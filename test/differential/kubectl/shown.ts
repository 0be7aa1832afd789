import type { Command } from './commands.js';

/** What differs between any two servers, and between two moments. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  // When the script ran; what it wrote itself has other times.
  [/"?20(2[6-9]|3\d)-(?!01-01T00:00:00Z)\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"?/g, '<time>'],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} 20(?:2[6-9]|3\d) \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/("?resourceVersion"?: )"\d+"/g, '$1<version>'],
  [/(Resource Version: +)\d+/g, '$1<version>'],
  [/\b(?:\d+m)?\d+[sm]\b(?= |$)/gm, '<age>'],
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  // What client-go logs of a watch that was short.
  [/^[EIW]\d{4} .*\n/gm, ''],
  [/\x1b\[[\d;]*m/g, ''],
];

/** What kubectl said, in a form that can be compared: columns are as wide as what is in them. */
export function shown(
  { code, text }: { readonly code: number; readonly text: string },
  { only, without }: Command,
): string {
  const named = OWN.reduce((all, [pattern, name]) => all.replace(pattern, name), text);
  const kept = without === undefined ? named : named.replace(without, '');
  const lines = kept.split('\n').filter((line) => only === undefined || only.test(line));
  return [`exit ${code}`, ...lines.map((line) => line.replace(/(?<=\S) {2,}/g, '  ').trimEnd())].join('\n');
}
