/** How two parents' numbers become a child's, one column at a time. All on the encoded range [0,1]. */
import type { Rng } from "../../math/rng.ts";

/** Names of the crossovers, the default first. */
export const CROSSOVERS = ["uniform", "blx-alpha", "sbx"] as const;
export type Crossover = (typeof CROSSOVERS)[number];

/**
 * Blend crossover. Eshelman & Schaffer 1993, "Real-coded genetic algorithms and interval schemata": uniform between the parents, the
 * interval I between them made longer by alpha I on both sides; cut at the range.
 */
export function blend(a: number, b: number, alpha: number, rng: Rng): number {
  const low = Math.max(0, Math.min(a, b) - alpha * Math.abs(a - b));
  const high = Math.min(1, Math.max(a, b) + alpha * Math.abs(a - b));
  return low + (high - low) * rng.next();
}

/**
 * Simulated binary crossover within bounds. Deb & Agrawal 1995, "Simulated binary crossover for continuous search space"; the bounded
 * spread factor of Deb & Agrawal 1999, "A niched-penalty approach for constraint handling in genetic algorithms". One of the two
 * children, by a coin. The larger eta, the nearer to the parents.
 */
export function simulatedBinary(a: number, b: number, eta: number, rng: Rng): number {
  const u = rng.next();
  const lower = rng.next() < 0.5;
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const gap = high - low;
  if (gap < 1e-14) return lower ? low : high;
  const beta = 1 + (2 * (lower ? low : 1 - high)) / gap;
  const share = 2 - beta ** -(eta + 1);
  const spread = u * share <= 1 ? (u * share) ** (1 / (eta + 1)) : (1 / (2 - u * share)) ** (1 / (eta + 1));
  const child = 0.5 * (low + high + (lower ? -spread : spread) * gap);
  return Math.min(1, Math.max(0, child));
}
