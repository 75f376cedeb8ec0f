/** Ranks with ties shared. */

import { VernierError } from "./errors.ts";
import { argsort } from "./sort.ts";

/**
 * Ranks from 1 (smallest) to n; equal values share the mean of their ranks (midranks), so the sum is always n (n + 1) /
 * 2.
 *
 * @throws VernierError E_MATH_NAN when a value is NaN: it has no rank.
 * @example ranks([30, 10, 30]) // 2.5, 1, 2.5
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(values);
  const order = argsort(x);
  const n = x.length;
  if (n > 0 && Number.isNaN(x[order[n - 1]!]!)) {
    throw new VernierError(
      "E_MATH_NAN",
      `ranks need comparable values; got NaN at index ${x.findIndex(Number.isNaN)}. Drop it or replace it first.`,
    );
  }
  const out = new Float64Array(n);
  forEachTie(x, order, (start, end) => {
    for (let i = start; i < end; i++) out[order[i]!] = (start + 1 + end) / 2;
  });
  return out;
}

/** Calls back with each maximal run order[start, end) of equal values. */
function forEachTie(x: Float64Array, order: Int32Array, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < x.length;) {
    let end = start + 1;
    while (end < x.length && x[order[end]!] === x[order[start]!]) end++;
    visit(start, end);
    start = end;
  }
}

/** Σ (t³ - t) over the groups of t equal values: the tie correction of rank tests, 0 without ties. */
export function tieSum(values: ArrayLike<number>): number {
  const x = Float64Array.from(values);
  let sum = 0;
  forEachTie(x, argsort(x), (start, end) => {
    const t = end - start;
    sum += t * t * t - t;
  });
  return sum;
}
