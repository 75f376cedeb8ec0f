/** Student's distribution and the paired t test. Student 1908, "The probable error of a mean". */

import { regularizedBetaOf } from "./beta.ts";
import { VernierError } from "./errors.ts";
import { differences, type Alternative } from "./paired.ts";

/**
 * P(T <= t) for Student's distribution with df > 0 degrees of freedom; relative error below 1e-12 in the lower
 * tail (1e-11 at a million degrees); for the upper tail pass -t.
 *
 * @throws VernierError E_MATH_RANGE unless df > 0 and finite.
 */
export function studentCdf(t: number, df: number): number {
  if (!(df > 0 && df < Infinity)) {
    throw new VernierError(
      "E_MATH_RANGE",
      `Student's distribution needs a finite df > 0; got ${df}. Pass the degrees of freedom, n - 1 for a paired test.`,
    );
  }
  const t2 = t * t;
  if (t2 === Infinity) return t < 0 ? 0 : 1;
  const x = df / (df + t2);
  const tail = 0.5 * regularizedBetaOf(df / 2, 0.5, x, t2 / (df + t2)); // Abramowitz & Stegun 26.7.1
  return t <= 0 ? tail : 1 - tail;
}

/** What a paired t test found. */
export interface TTestResult {
  /** Mean of x - y over its standard error; ±Infinity when all differences are equal and not 0. */
  readonly t: number;
  /** Degrees of freedom, pairs - 1. */
  readonly df: number;
  readonly p: number;
  readonly meanDifference: number;
  /** Standard error of the mean difference. */
  readonly standardError: number;
}

/**
 * Tests whether the differences x - y of pairs, taken as normal, have mean 0. All differences 0 gives t = 0 and p = 1.
 *
 * @throws VernierError E_PAIRS when lengths differ or are below 2, E_MATH_NAN when a difference is NaN, E_MATH_RANGE when the
 *   mean difference is infinite.
 * @example pairedTTest(oursBySeed, theirsBySeed, "less").p // small: ours has the lower mean
 */
export function pairedTTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): TTestResult {
  const d = differences(x, y, 2);
  const n = d.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += d[i]!;
  const meanDifference = sum / n;
  if (!Number.isFinite(meanDifference)) {
    throw new VernierError(
      "E_MATH_RANGE",
      `a t test needs finite differences; their mean is ${meanDifference}. Drop the infinite pairs, or use wilcoxon, which only ranks.`,
    );
  }
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (d[i]! - meanDifference) * (d[i]! - meanDifference);
  const df = n - 1;
  const standardError = Math.sqrt(squares / df / n);
  if (meanDifference === 0 && squares === 0) return { t: 0, df, p: 1, meanDifference, standardError };
  const t = meanDifference / standardError;
  const p =
    alternative === "less"
      ? studentCdf(t, df)
      : alternative === "greater"
        ? studentCdf(-t, df)
        : Math.min(1, 2 * studentCdf(-Math.abs(t), df));
  return { t, df, p, meanDifference, standardError };
}
