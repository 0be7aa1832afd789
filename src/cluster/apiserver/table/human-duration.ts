/**
 * How long ago, in two units at most, as kubectl shows it (apimachinery pkg/util/duration HumanDuration): exact where it
 * is young, coarse where it is old.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return both([minutes, 'm'], [seconds % 60, 's']);
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return both([hours, 'h'], [minutes % 60, 'm']);
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return both([days, 'd'], [hours % 24, 'h']);
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  if (days < 8 * 365) return both([years, 'y'], [days % 365, 'd']);
  return `${years}y`;
}

type Part = readonly [count: number, unit: string];

/** The second unit only where there is something of it. */
function both([first, unit]: Part, [second, smaller]: Part): string {
  return second === 0 ? `${first}${unit}` : `${first}${unit}${second}${smaller}`;
}
