/** Something measured, beside what is wanted of it. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** Absent: shown only. */
  readonly wanted?: { readonly atLeast: number } | { readonly atMost: number };
}

/** How many times better than wanted: below 1 it is not met. Null where nothing is wanted. */
export function ratioOf({ measured, wanted }: Figure): number | null {
  if (wanted === undefined) return null;
  return 'atLeast' in wanted ? measured / wanted.atLeast : wanted.atMost / measured;
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    shown(figure.measured, figure.unit),
    wantedOf(figure),
    verdictOf(figure),
  ]);
  const all = [['what', 'measured', 'wanted', 'ratio'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function wantedOf({ wanted, unit }: Figure): string {
  if (wanted === undefined) return '';
  return 'atLeast' in wanted ? `>= ${shown(wanted.atLeast, unit)}` : `<= ${shown(wanted.atMost, unit)}`;
}

function verdictOf(figure: Figure): string {
  const ratio = ratioOf(figure);
  return ratio === null ? '' : `${ratio.toFixed(2)}${ratio < 1 ? ' MISSED' : ''}`;
}

function shown(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}
