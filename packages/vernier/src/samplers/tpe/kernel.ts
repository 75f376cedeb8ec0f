/**
 * One-dimensional kernels of the Parzen estimator on the encoded range [0,1]: normals truncated to it, their mass over a cell,
 * and the bandwidth rule. Formulas: the TPE card of the project; Watanabe 2023, "Tree-structured Parzen estimator", section 3.3.
 */
import { logDiffCdf, normalCdf, normalQuantile } from "../../math/normal.ts";

/** log sqrt(2 pi) */
export const LOG_SQRT_2PI = 0.9189385332046727;
/** Beyond 9 standard deviations 1 - Phi is below half a unit in the last place of 1: with both ends that far all mass is inside. */
export const WHOLE = 9;

/** Smallest bandwidth ("magic clip"): the range over min(100, 2 + n) with n observations. */
export function smallestBandwidth(n: number): number {
  return 1 / Math.min(100, 2 + n);
}

/** log of the mass that Normal(mu, sigma) has on [0,1]; at most 0. */
export function logMassInside(mu: number, sigma: number): number {
  const a = -mu / sigma;
  const b = (1 - mu) / sigma;
  return a < -WHOLE && b > WHOLE ? 0 : logDiffCdf(a, b);
}

/** The value at quantile u in [0,1) of Normal(mu, sigma) truncated to [0,1]. */
export function truncatedQuantile(u: number, mu: number, sigma: number): number {
  const low = normalCdf(-mu / sigma);
  const high = normalCdf((1 - mu) / sigma);
  const x = mu + sigma * normalQuantile(low + u * (high - low));
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
