/**
 * The paired signed-rank test. Wilcoxon 1945, "Individual comparisons by ranking methods"; tie correction after
 * Hollander & Wolfe 1999, "Nonparametric statistical methods".
 */

import { normalCdf } from "./normal.ts";
import { differences, type Alternative } from "./paired.ts";
import { ranks, tieSum } from "./ranks.ts";

/** What a Wilcoxon signed-rank test found. */
export interface WilcoxonResult {
  /** W+: the sum of the ranks of |x - y| where x > y. */
  readonly statistic: number;
  /** Pairs that differ; pairs with equal values are dropped, as Wilcoxon did. */
  readonly n: number;
  readonly p: number;
  readonly method: "exact" | "normal";
}

const EXACT_LIMIT = 25;

/**
 * Tests whether the differences x - y of pairs are symmetric about 0. Exact for at most 25 differing pairs without ties
 * in |x - y|; beyond, the normal approximation with tie correction and without continuity correction. No differing pair
 * gives p = 1. Differences are compared as they are: round first where rounding errors would split ties.
 *
 * @throws VernierError E_PAIRS when lengths differ or are 0, E_MATH_NAN when a difference is NaN.
 * @example wilcoxon(oursBySeed, theirsBySeed, "less").p // small: ours tends to be lower
 */
export function wilcoxon(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): WilcoxonResult {
  const d = differences(x, y, 1).filter(value => value !== 0);
  const n = d.length;
  if (n === 0) return { statistic: 0, n, p: 1, method: "exact" };
  const size = d.map(Math.abs);
  const rank = ranks(size);
  let statistic = 0;
  for (let i = 0; i < n; i++) if (d[i]! > 0) statistic += rank[i]!;

  const ties = tieSum(size);
  const exact = n <= EXACT_LIMIT && ties === 0;
  let less: number; // P(W+ <= statistic) when x and y do not differ
  let greater: number; // P(W+ >= statistic)
  if (exact) {
    less = exactCdf(statistic, n);
    greater = exactCdf((n * (n + 1)) / 2 - statistic, n); // W+ is symmetric
  } else {
    const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
    const z = (statistic - (n * (n + 1)) / 4) / Math.sqrt(variance);
    less = normalCdf(z);
    greater = normalCdf(-z);
  }
  const p =
    alternative === "less" ? less : alternative === "greater" ? greater : Math.min(1, 2 * Math.min(less, greater));
  return { statistic, n, p, method: exact ? "exact" : "normal" };
}

/** P(W+ <= w) for n pairs without ties: the share of the 2^n subsets of {1..n} whose sum is at most w. */
function exactCdf(w: number, n: number): number {
  const subsets = new Float64Array((n * (n + 1)) / 2 + 1); // subsets[s]: how many sum to s
  subsets[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let s = subsets.length - 1; s >= rank; s--) subsets[s]! += subsets[s - rank]!;
  }
  let count = 0;
  for (let s = 0; s <= w; s++) count += subsets[s]!;
  return count / 2 ** n;
}
