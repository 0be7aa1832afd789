import type { Failure } from '../enumerate.js';

/** What became of a scenario. */
export interface Row {
  readonly scenario: string;
  tried: number;
  failed: number;
}

/** What became of a defect: where it was found, or why not. */
export interface Verdict {
  readonly defect: string;
  readonly found: Failure | null;
  readonly tried: number;
  readonly note: string;
}

export function rowsText(rows: readonly Row[]): string {
  return table([
    ['scenario', 'points', 'failed'],
    ...rows.map(({ scenario, tried, failed }) => [scenario, String(tried), String(failed)]),
  ]);
}

/** Each with the command that plays it again. */
export function failuresText(failures: readonly Failure[], shown = 40): string {
  const lines = failures
    .slice(0, shown)
    .map(
      ({ scenario, point, why }) =>
        `FAILED ${scenario}: ${point}\n  ${why.slice(0, 800)}\n  npm run crash -- --scenario '${scenario}' --point '${point}'`,
    );
  const more = failures.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

export function defectsText(verdicts: readonly Verdict[]): string {
  return table([
    ['defect', 'points until found', 'found in'],
    ...verdicts.map(({ defect, found, tried, note }) => [
      defect,
      String(tried),
      found === null ? `SURVIVED ${note}`.trim() : `${found.scenario}: ${found.point}`,
    ]),
  ]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          /^\d+$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
