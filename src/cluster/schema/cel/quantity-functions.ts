import { celFunc, celMap, celMethod, CelScalar, mapType, type CelFunc, type CelMap } from '@bufbuild/cel';
import { addQuantities, compareQuantities, parseQuantity, quantityFault } from '../../quantity.js';

const { BOOL, DOUBLE, INT, STRING } = CelScalar;
/** CEL's values are closed: an opaque value is a map with a key that no JSON has. */
const opaque = mapType(STRING, STRING);
const key = '\u0000quantity';

/** quantity library: quantity, isQuantity, compareTo, isLessThan, isGreaterThan, add, sub, sign, isInteger, as…. */
export const quantityFunctions: readonly CelFunc[] = [
  celFunc('quantity', [STRING], opaque, (text) => toQuantity(text)),
  celFunc('isQuantity', [STRING], BOOL, (text) => quantityFault(text) === null),
  celMethod('compareTo', opaque, [opaque], INT, function (other) {
    return BigInt(compare(this, other));
  }),
  celMethod('isLessThan', opaque, [opaque], BOOL, function (other) {
    return compare(this, other) < 0;
  }),
  celMethod('isGreaterThan', opaque, [opaque], BOOL, function (other) {
    return compare(this, other) > 0;
  }),
  celMethod('add', opaque, [opaque], opaque, function (other) {
    return toQuantity(addQuantities([textOf(this), textOf(other)]) ?? '0');
  }),
  celMethod('sub', opaque, [opaque], opaque, function (other) {
    return toQuantity(addQuantities([textOf(this), negated(textOf(other))]) ?? '0');
  }),
  celMethod('sign', opaque, [], INT, function () {
    return BigInt(compareQuantities(textOf(this), '0') ?? 0);
  }),
  celMethod('isInteger', opaque, [], BOOL, function () {
    return Number.isSafeInteger(parseQuantity(textOf(this)));
  }),
  celMethod('asInteger', opaque, [], INT, function () {
    return BigInt(parseQuantity(textOf(this)) ?? 0);
  }),
  celMethod('asApproximateFloat', opaque, [], DOUBLE, function () {
    return parseQuantity(textOf(this)) ?? 0;
  }),
];

function toQuantity(text: string): CelMap {
  const fault = quantityFault(text);
  if (fault !== null) throw new Error(fault);
  return celMap(new Map([[key, text]]));
}

function textOf(value: CelMap): string {
  const text = value.get(key);
  if (typeof text !== 'string') throw new Error('no such overload');
  return text;
}

function compare(a: CelMap, b: CelMap): number {
  return compareQuantities(textOf(a), textOf(b)) ?? 0;
}

function negated(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`;
}
