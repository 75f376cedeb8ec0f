/** Expected improvement where the logarithm of what is minimised is normal: Hutter et al. 2009, "An experimental investigation of model-based
 * parameter optimisation", section 5.2. */
import { exp } from "../../math/elementary.ts";
import { normalCdf } from "../../math/normal.ts";

/** Variances below it count as none: rounding of the trees' mean. */
const NONE = 1e-10;

/**
 * E max(0, exp(best) - exp(t)) for t normal with this mean and variance:
 * exp(best) Phi(v) - exp(mean + s^2/2) Phi(v - s), v = (best - mean) / s.
 */
export function logTargetEi(best: number, mean: number, variance: number): number {
  if (!(variance > NONE)) return Math.max(0, exp(best) - exp(mean));
  const s = Math.sqrt(variance);
  const v = (best - mean) / s;
  return Math.max(0, exp(best) * normalCdf(v) - exp(mean + variance / 2) * normalCdf(v - s));
}
