/** What the paired tests share. */

import { VernierError } from "./errors.ts";

/**
 * What a one-sided test claims of x against y: "greater" that x tends to exceed y. "two-sided" claims only a
 * difference.
 */
export type Alternative = "two-sided" | "less" | "greater";

/** @throws VernierError E_PAIRS when lengths differ or are below `least`, E_MATH_NAN when a difference is NaN. */
export function differences(x: ArrayLike<number>, y: ArrayLike<number>, least: number): Float64Array {
  if (x.length !== y.length || x.length < least) {
    throw new VernierError(
      "E_PAIRS",
      `a paired test needs two samples of equal length, at least ${least}; got ${x.length} and ${y.length}. Pair the runs by seed.`,
    );
  }
  const d = new Float64Array(x.length);
  for (let i = 0; i < d.length; i++) {
    d[i] = x[i]! - y[i]!;
    if (Number.isNaN(d[i])) {
      throw new VernierError(
        "E_MATH_NAN",
        `a paired test needs differences; got ${x[i]} - ${y[i]} at index ${i}. Drop that pair.`,
      );
    }
  }
  return d;
}
