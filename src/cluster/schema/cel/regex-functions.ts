import { celList, CelScalar, celMethod, listType, type CelFunc } from '@bufbuild/cel';

const { STRING, INT } = CelScalar;

/** regex library: find and findAll. Patterns are read by JavaScript, which knows all that RE2 does except (?i) inside. */
export const regexFunctions: readonly CelFunc[] = [
  celMethod('find', STRING, [STRING], STRING, function (pattern) {
    return new RegExp(pattern, 'u').exec(this)?.[0] ?? '';
  }),
  celMethod('findAll', STRING, [STRING], listType(STRING), function (pattern) {
    return celList(findAll(this, pattern));
  }),
  celMethod('findAll', STRING, [STRING, INT], listType(STRING), function (pattern, limit) {
    const found = findAll(this, pattern);
    return celList(limit < 0n ? found : found.slice(0, Number(limit)));
  }),
];

function findAll(text: string, pattern: string): string[] {
  return Array.from(text.matchAll(new RegExp(pattern, 'gu')), ([match]) => match);
}
