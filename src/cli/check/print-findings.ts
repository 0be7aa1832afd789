import type { Style } from '../view/style.js';
import { tinted } from '../view/style.js';
import { pad } from '../view/table.js';
import type { Finding, Level } from './finding.js';

const MARK: Readonly<Record<Level, readonly [string, string]>> = { ok: ['✔', '+'], warn: ['!', '!'], fail: ['✘', 'x'] };
const TONE = { ok: 'good', warn: 'warn', fail: 'bad' } as const;

/** Findings as lines: a mark, what it is about, what is so, and under it what to do. */
export function printFindings(findings: readonly Finding[], style: Style): readonly string[] {
  const width = Math.max(0, ...findings.map(({ about }) => about.length));
  const arrow = style.ascii ? '->' : '→';
  const lines = findings.flatMap(({ about, level, says, details, todo }) => {
    const mark = tinted(MARK[level][style.ascii ? 1 : 0], TONE[level], style);
    const under = ' '.repeat(width + 4);
    return [
      `${mark} ${pad(about, width)}  ${says}`,
      ...details.map((detail) => `${under}  ${detail}`),
      ...(todo === null ? [] : [`${under}${arrow} ${todo}`]),
    ];
  });
  return [...lines, '', conclusion(findings)];
}

function conclusion(findings: readonly Finding[]): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const [wrong, known] = [count('fail'), count('warn')];
  if (wrong === 0 && known === 0) return 'Nothing is missing.';
  const things = (n: number): string => `${n} ${n === 1 ? 'thing' : 'things'}`;
  if (wrong === 0) return `It works; ${things(known)} to know.`;
  return known === 0 ? `${things(wrong)} to put right.` : `${things(wrong)} to put right, ${things(known)} to know.`;
}
