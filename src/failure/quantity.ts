const SUFFIX: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
};

/** The number that a Kubernetes quantity such as `1500m` or `64Mi` names, or null. Near enough to compare limits. */
export function quantityOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text.trim());
  const factor = SUFFIX[match?.[2] ?? 'none'];
  return match === null || factor === undefined ? null : Number(match[1]) * factor;
}
