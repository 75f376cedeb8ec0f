/** The beta function's logarithm and the regularized incomplete beta function. */

import { VernierError } from "./errors.ts";
import { lgamma, stirlingRest } from "./gamma.ts";

const HALF_LOG_TWO_PI = 0.91893853320467274178;

/** log B(a, b) for a, b > 0, without the cancellation of lgamma(a) + lgamma(b) - lgamma(a + b) for large arguments. */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b);
  const q = Math.max(a, b);
  if (q < 10) return lgamma(p) + lgamma(q) - lgamma(p + q);
  const logQ = Math.log1p(-p / (p + q)); // log of q / (p + q)
  const rest = stirlingRest(q) - stirlingRest(p + q);
  if (p < 10) return lgamma(p) + rest + p - p * Math.log(p + q) + (q - 0.5) * logQ;
  return HALF_LOG_TWO_PI - 0.5 * Math.log(q) + stirlingRest(p) + rest + (p - 0.5) * Math.log(p / (p + q)) + q * logQ;
}

/**
 * I_x(a, b) = 1/B(a,b) ∫_0^x t^(a-1) (1-t)^(b-1) dt for a, b > 0 and 0 <= x <= 1: the cdf of the beta distribution.
 *
 * @throws VernierError E_MATH_RANGE outside that domain.
 */
export function regularizedBeta(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) {
    throw new VernierError(
      "E_MATH_RANGE",
      `I_x(a, b) needs a > 0, b > 0 and 0 <= x <= 1; got a=${a}, b=${b}, x=${x}. Correct the one that breaks the rule.`,
    );
  }
  return regularizedBetaOf(a, b, x, 1 - x);
}

/** I_x(a, b) given y = 1 - x too, for callers who know it to more digits than the subtraction leaves. */
export function regularizedBetaOf(a: number, b: number, x: number, y: number): number {
  if (x === 0 || y === 0) return x === 0 ? 0 : 1;
  // DLMF 8.17.4: the fraction converges fast below the mean only
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBetaOf(b, a, y, x);
  const logX = y < 0.5 ? Math.log1p(-y) : Math.log(x);
  const logY = x < 0.5 ? Math.log1p(-x) : Math.log(y);
  return (Math.exp(a * logX + b * logY - logBeta(a, b)) / a) * fraction(a, b, x);
}

/** DLMF 8.17.22, evaluated by the modified Lentz method (Thompson & Barnett 1986). */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let f = d;
  for (let m = 1; m < 100000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    f *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    const factor = c * d;
    f *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return f;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
