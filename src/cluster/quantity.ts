/**
 * Kubernetes quantities: `500m`, `1.5Gi`, `2e3`. Grammar, rounding and canonical form are those of
 * k8s.io/apimachinery/pkg/api/resource (quantity.go); values below a nano are rounded up, away from zero.
 */

/** The family of suffixes that a quantity is written in, and that it keeps when it is canonicalised. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** What the API server says of a text that does not look like a quantity. */
export const quantitySyntaxMessage =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
/** What the API server says of a text that looks like a quantity but has an unknown suffix. */
export const quantitySuffixMessage = "unable to parse quantity's suffix";

const shape = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18,
}; // prettier-ignore
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const nanoDigits = 9;

interface Parsed {
  /** The value in nano units, exact. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

interface Scale {
  readonly format: QuantityFormat;
  readonly multiplier: bigint;
  /** A power of ten, on top of the multiplier. */
  readonly exponent: number;
}

function scaleOf(suffix: string): Scale | null {
  const decimal = decimalSuffixes[suffix];
  if (decimal !== undefined) return { format: 'DecimalSI', multiplier: 1n, exponent: decimal };
  const binary = binarySuffixes[suffix];
  if (binary !== undefined) return { format: 'BinarySI', multiplier: 1024n ** BigInt(binary), exponent: 0 };
  const exponent = /^[eE]([+-]?\d{1,3})$/.exec(suffix)?.[1];
  if (exponent === undefined) return null;
  return { format: 'DecimalExponent', multiplier: 1n, exponent: Number(exponent) };
}

/** Divides rounding away from zero, as quantities do. */
function divideUp(value: bigint, by: bigint): bigint {
  const whole = value / by;
  if (value % by === 0n) return whole;
  return value > 0n ? whole + 1n : whole - 1n;
}

function parse(text: string): Parsed | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (text === '') return null;
  const scale = scaleOf(suffix);
  if (scale === null) return null;
  const digits = BigInt(`${whole}${fraction}`) * scale.multiplier * (sign === '-' ? -1n : 1n);
  const power = nanoDigits + scale.exponent - fraction.length;
  const nano = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  return { nano, format: scale.format };
}

/** Strips factors of `base` from a value, at most `limit` of them. */
function strip(value: bigint, base: bigint, limit: number): { readonly rest: bigint; readonly times: number } {
  let rest = value;
  let times = 0;
  while (times < limit && rest !== 0n && rest % base === 0n) {
    rest /= base;
    times += 1;
  }
  return { rest, times };
}

function write(nano: bigint, format: QuantityFormat): string {
  if (nano === 0n) return '0';
  const unit = 10n ** BigInt(nanoDigits);
  const size = nano < 0n ? -nano : nano;
  if (format === 'BinarySI' && size >= 1024n * unit) {
    const { rest, times } = strip(divideUp(nano, unit), 1024n, 6);
    return `${rest}${['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'][times] ?? ''}`;
  }
  const { rest, times } = strip(nano, 1000n, 9);
  const exponent = times * 3 - nanoDigits;
  if (format === 'DecimalExponent') return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
  return `${rest}${['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'][times] ?? ''}`;
}

/** The value in base units (bytes, cores), or null where the text is no quantity. JSON numbers are quantities too. */
export function parseQuantity(text: string | number): number | null {
  const parsed = parse(String(text));
  return parsed === null ? null : Number(parsed.nano) / 1e9;
}

/** A value in base units as a quantity in its canonical form: `0.5` → `500m`, `1073741824` as BinarySI → `1Gi`. */
export function formatQuantity(value: number, format: QuantityFormat = 'DecimalSI'): string {
  const whole = Math.trunc(value);
  const nano = BigInt(whole) * 1_000_000_000n + BigInt(Math.round((value - whole) * 1e9));
  return write(nano, format);
}

/** The form in which the API server stores the quantity: `0.5` → `500m`, `1024Mi` → `1Gi`; null where it is none. */
export function canonicalQuantity(text: string | number): string | null {
  const parsed = parse(String(text));
  return parsed === null ? null : write(parsed.nano, parsed.format);
}

/** Negative, zero or positive as a is less than, equal to or more than b, exactly; null where one is no quantity. */
export function compareQuantities(a: string | number, b: string | number): number | null {
  const left = parse(String(a));
  const right = parse(String(b));
  if (left === null || right === null) return null;
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0;
}

/** The exact sum in canonical form, in the format of the first that is not zero, or null where one is no quantity. */
export function addQuantities(quantities: readonly (string | number)[]): string | null {
  let nano = 0n;
  let format: QuantityFormat | undefined;
  for (const quantity of quantities) {
    const parsed = parse(String(quantity));
    if (parsed === null) return null;
    if (format === undefined && parsed.nano !== 0n) format = parsed.format;
    nano += parsed.nano;
  }
  return write(nano, format ?? 'DecimalSI');
}

/** Why the text is no quantity, in the API server's words; null where it is one. */
export function quantityFault(text: string | number): string | null {
  const value = String(text);
  if (parse(value) !== null) return null;
  return value !== '' && shape.test(value) ? quantitySuffixMessage : quantitySyntaxMessage;
}
