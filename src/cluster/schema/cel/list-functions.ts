import { CelScalar, celMethod, listType, type CelFunc, type CelList, type CelValue } from '@bufbuild/cel';
import { compareCel, equalCel } from './compare.js';

const list = listType(CelScalar.DYN);

/** lists library: isSorted, sum, min, max, indexOf, lastIndexOf. Nothing is done in place. */
export const listFunctions: readonly CelFunc[] = [
  celMethod('isSorted', list, [], CelScalar.BOOL, function () {
    return [...this].every((value, index, all) => {
      const next = all[index + 1];
      return next === undefined || compareCel(value, next) <= 0;
    });
  }),
  celMethod('sum', list, [], CelScalar.DYN, function () {
    return sum(this);
  }),
  celMethod('min', list, [], CelScalar.DYN, function () {
    return extreme(this, 'min');
  }),
  celMethod('max', list, [], CelScalar.DYN, function () {
    return extreme(this, 'max');
  }),
  celMethod('indexOf', list, [CelScalar.DYN], CelScalar.INT, function (value: CelValue) {
    return BigInt([...this].findIndex((entry) => equalCel(entry, value)));
  }),
  celMethod('lastIndexOf', list, [CelScalar.DYN], CelScalar.INT, function (value: CelValue) {
    return BigInt([...this].findLastIndex((entry) => equalCel(entry, value)));
  }),
];

function sum(values: CelList): bigint | number {
  let whole = 0n;
  let real: number | undefined;
  for (const value of values) {
    if (typeof value === 'bigint') whole += value;
    else if (typeof value === 'number') real = (real ?? 0) + value;
    else throw new Error('no such overload');
  }
  return real ?? whole;
}

function extreme(values: CelList, which: 'min' | 'max'): CelValue {
  const all = [...values];
  const first = all[0];
  if (first === undefined) throw new Error(`${which} called on empty list`);
  const sign = which === 'min' ? -1 : 1;
  return all.reduce<CelValue>((best, value) => (Math.sign(compareCel(value, best)) === sign ? value : best), first);
}
