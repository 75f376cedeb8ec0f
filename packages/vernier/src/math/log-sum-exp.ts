/** Sums of numbers kept as logs. */
import { exp, log } from "./elementary.ts";

/**
 * log Σ exp(values[i]) over the first `n` values, summed left to right. -Infinity for none, or when all are -Infinity;
 * NaN when one is NaN.
 */
export function logSumExp(values: ArrayLike<number>, n = values.length): number {
  let top = -Infinity;
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (!(value <= top)) top = value;
    if (top !== top) return NaN;
  }
  if (top === Infinity || top === -Infinity) return top;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += exp(values[i]! - top);
  return top + log(sum);
}

/** log(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2; // also two equal infinities, whose difference is NaN
  return a > b ? a + Math.log1p(exp(b - a)) : b + Math.log1p(exp(a - b));
}
