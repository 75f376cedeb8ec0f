/** What the forest is fitted to: logarithms of the distance to a point a little below the best value. */
import { log } from "../../math/elementary.ts";
import { quantile } from "../../math/quantile.ts";

/** The best value keeps at least this share of the whole range as its distance to y0, lest its logarithm outweigh all others. */
const LEAST = 1e-10;

/**
 * t = log((y - y0) / (ymax - y0)) with y0 = ymin - (p5 - ymin), p5 the 5th percentile; smaller is better, the worst value has 0. All 0 where
 * the values are equal. Values are finite, of any size.
 */
export function logTargets(y: ArrayLike<number>): Float64Array {
  const out = new Float64Array(y.length);
  let size = 0;
  for (let i = 0; i < y.length; i++) size = Math.max(size, Math.abs(y[i]!));
  if (size === 0) return out;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < y.length; i++) {
    out[i] = y[i]! / size; // differences of values near the largest number would overflow
    low = Math.min(low, out[i]!);
    high = Math.max(high, out[i]!);
  }
  if (low === high) return out.fill(0);
  const y0 = low - Math.max(quantile(out, 0.05) - low, LEAST * (high - low));
  for (let i = 0; i < out.length; i++) out[i] = log((out[i]! - y0) / (high - y0));
  return out;
}
