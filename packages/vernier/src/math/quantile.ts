/**
 * Sample quantiles. Hyndman & Fan 1996, "Sample quantiles in statistical packages", definition 7 (the default of R and
 * NumPy).
 */

import { VernierError } from "./errors.ts";

/**
 * The p-quantile of ascending values: linear between the order statistics around position (n - 1) p.
 *
 * @throws VernierError E_MATH_EMPTY without values, E_MATH_RANGE unless 0 <= p <= 1.
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) {
    throw new VernierError(
      "E_MATH_EMPTY",
      "a quantile needs at least one value; got none. Check the filter before it.",
    );
  }
  if (!(p >= 0 && p <= 1)) {
    throw new VernierError("E_MATH_RANGE", `a quantile's p is from 0 to 1; got ${p}. For percent, divide by 100.`);
  }
  const position = (n - 1) * p;
  const i = Math.floor(position);
  const below = sorted[i]!;
  const share = position - i;
  return share === 0 ? below : below + share * (sorted[i + 1]! - below);
}

/**
 * The p-quantile of values in any order, which stay as they are.
 *
 * @throws VernierError E_MATH_EMPTY without values, E_MATH_NAN for a NaN, E_MATH_RANGE unless 0 <= p <= 1.
 * @example quantile([4, 1, 3, 2], 0.25) // 1.75
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  if (Number.isNaN(sorted[sorted.length - 1])) {
    throw new VernierError(
      "E_MATH_NAN",
      "a quantile needs comparable values; got NaN among them. Drop it or replace it first.",
    );
  }
  return quantileSorted(sorted, p);
}

/** The 1/2-quantile: the middle value, or the mean of the two. Errors as `quantile`. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
