import type { Figure } from '../figure.js';
import { RIVALS, type Rivals } from './rivals.js';

/** A figure of ours with what the rivals showed. */
export interface ComparedFigure extends Figure {
  readonly rivals?: keyof typeof RIVALS;
  /** Shown, and not judged: absolute times say nothing on a machine of which nothing is known. */
  readonly shownOnly?: boolean;
}

export function isMissed({ wanted, measured, shownOnly }: ComparedFigure): boolean {
  if (shownOnly === true || wanted === undefined) return false;
  // So that a NaN, which nothing was measured for, is missed too.
  return !('atLeast' in wanted ? measured >= wanted.atLeast : measured <= wanted.atMost);
}

/** A line for each figure: ours, what is wanted, and the rivals'. */
export function comparisonOf(figures: readonly ComparedFigure[]): string {
  const none: Rivals = { argoDefault: '', argoTuned: '', tektonTuned: '' };
  const rows = figures.map((figure) => {
    const { argoDefault, argoTuned, tektonTuned } = figure.rivals === undefined ? none : RIVALS[figure.rivals];
    return [
      figure.what,
      shown(figure.measured, figure.unit),
      wantedOf(figure),
      verdictOf(figure),
      argoDefault,
      argoTuned,
      tektonTuned,
    ];
  });
  const all = [['', 'Lockstep', 'wanted', '', 'Argo default', 'Argo tuned', 'Tekton tuned'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return all.map(line).join('\n');
}

function wantedOf({ wanted, unit }: Figure): string {
  if (wanted === undefined) return '';
  return 'atLeast' in wanted ? `>= ${shown(wanted.atLeast, unit)}` : `<= ${shown(wanted.atMost, unit)}`;
}

function verdictOf(figure: ComparedFigure): string {
  if (figure.wanted === undefined) return '';
  if (figure.shownOnly === true) return 'shown';
  return isMissed(figure) ? 'FAIL' : 'PASS';
}

function shown(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })}${unit === '' ? '' : ` ${unit}`}`;
}
