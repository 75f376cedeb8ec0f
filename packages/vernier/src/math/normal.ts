/**
 * The standard normal distribution: density, distribution function, quantile, and their logs, with a relative error
 * below 1e-14 in both tails, also where a probability is as small as 1e-300. The logs go on far beyond, where the
 * values underflow.
 */

import { exp, log } from "./elementary.ts";
import { erf, erfcx, expMinusSquare } from "./special.ts";

const HALF_LOG_TWO_PI = 0.91893853320467274178;
const INV_SQRT_TWO_PI = 0.39894228040143267794;
/** What Math.LN2 lacks of log 2. */
const LN2_REST = 2.3190468138462996e-17;
const SQRT_HALF_PI = 1.25331413731550025121;

/** φ(x) = exp(-x²/2) / √(2π). */
export function normalPdf(x: number): number {
  return Math.abs(x) > 39 ? 0 : INV_SQRT_TWO_PI * expMinusSquare(x, 0.5);
}

/** log φ(x). */
export function normalLogPdf(x: number): number {
  return -0.5 * x * x - HALF_LOG_TWO_PI;
}

/** Φ(x), the probability of a value below x. The upper tail, 1 - Φ(x) without cancellation, is `normalCdf(-x)`. */
export function normalCdf(x: number): number {
  const y = Math.abs(x);
  if (y < 0.66) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  const tail = y > 38.6 ? 0 : 0.5 * expMinusSquare(y, 0.5) * erfcx(y * Math.SQRT1_2);
  return x < 0 ? tail : 1 - tail;
}

/** log Φ(x), finite down to x = -1e154. The upper tail is `normalLogCdf(-x)`. */
export function normalLogCdf(x: number): number {
  if (x > 0) return Math.log1p(-normalCdf(-x));
  if (x > -1) return log(normalCdf(x));
  return log(0.5 * erfcx(-x * Math.SQRT1_2)) - 0.5 * x * x;
}

/**
 * log(Φ(b) - Φ(a)) for a <= b, either may be infinite: the log of a truncated normal's mass. Full relative accuracy in
 * the probability for intervals narrow or wide, central or far in a tail. -Infinity when a equals b; NaN when a > b.
 */
export function logDiffCdf(a: number, b: number): number {
  if (!(a < b)) return a === b ? -Infinity : NaN;
  if (a > 0) return logDiffLower(-b, -a);
  if (b <= 0) return logDiffLower(a, b);
  // Around 0: add what is missing from 1 when that is little, else the two parts; nothing cancels.
  if (a < -0.5 && b > 0.5) return Math.log1p(-(normalCdf(a) + normalCdf(-b)));
  return log(0.5 * (erf(b * Math.SQRT1_2) + erf(-a * Math.SQRT1_2)));
}

/** log(Φ(b) - Φ(a)) for a < b <= 0. */
function logDiffLower(a: number, b: number): number {
  const h = b - a;
  if (h * (1 - a) < 0.05) {
    // ∫φ over a narrow interval by Taylor at its middle m: φ(m) h Σ He_2k(m) (h/2)^2k / (2k+1)!;
    // the first term left out is below 1e-16.
    const m = 0.5 * (a + b);
    const m2 = m * m;
    const s = 0.25 * h * h;
    const series = (s / 6) * (m2 - 1 + (s / 20) * ((m2 - 6) * m2 + 3 + (s / 42) * (((m2 - 15) * m2 + 45) * m2 - 15)));
    return normalLogPdf(m) + log(h) + Math.log1p(series);
  }
  const top = erfcx(-b * Math.SQRT1_2);
  const ratio = (exp(0.5 * h * (a + b)) * erfcx(-a * Math.SQRT1_2)) / top; // Φ(a) / Φ(b)
  return log(0.5 * top) - 0.5 * b * b + Math.log1p(-ratio);
}

/**
 * Φ^-1(p) for p in [0,1]; ±Infinity at the ends, NaN outside. Near 1, where p itself is coarse, use `-normalQuantile(1
 * - p)` with 1 - p known directly. Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution",
 * PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return normalQuantileFromHalf(q);
  const tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? (q < 0 ? -Infinity : Infinity) : NaN;
  const x = lowerTail(Math.sqrt(-log(tail)));
  return q < 0 ? x : -x;
}

/**
 * Φ^-1(exp(logP)) for logP <= 0, also far below the range of p, e.g. -1e6. NaN for logP > 0.
 * AS 241 takes √(-log p) as it is; beyond its range Newton on log Φ, which is nearly a parabola there.
 */
export function normalQuantileFromLog(logP: number): number {
  if (logP > -0.1) return logP > 0 ? NaN : -normalQuantile(-Math.expm1(logP));
  if (logP > -2.5) {
    // p - 1/2 by expm1, so the quantile keeps its digits next to its zero
    return normalQuantileFromHalf(0.5 * Math.expm1(logP + Math.LN2 + LN2_REST));
  }
  if (logP >= -729) return lowerTail(Math.sqrt(-logP));
  if (logP === -Infinity) return -Infinity;
  let x = -Math.sqrt(-2 * logP - log(-4 * Math.PI * logP)); // from log Φ(x) ~ -x²/2 - log(-x √(2π))
  for (let i = 0; i < 3; i++) x -= (normalLogCdf(x) - logP) * SQRT_HALF_PI * erfcx(-x * Math.SQRT1_2);
  return x;
}

/** Φ^-1(1/2 + q) for |q| <= 0.425; relative accuracy also for tiny q. */
export function normalQuantileFromHalf(q: number): number {
  const r = 0.180625 - q * q;
  // prettier-ignore
  return q * (
    (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r +
      4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r +
      1.3314166789178437745e2) * r + 3.387132872796366608) /
    (((((((5.226495278852854561e3 * r + 2.8729085735721942674e4) * r + 3.930789580009271061e4) * r +
      2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.871870074920579083e2) * r +
      4.2313330701600911252e1) * r + 1)
  );
}

/** Φ^-1(p) as a function of r = sqrt(-log p), for p below 0.075 and r up to 27. */
function lowerTail(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    // prettier-ignore
    return (
      -(((((((7.7454501427834140764e-4 * r + 2.27238449892691845833e-2) * r + 2.4178072517745061177e-1) * r +
        1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r +
        1.42343711074968357734) /
      (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 1.51986665636164571966e-2) * r +
        1.4810397642748007459e-1) * r + 6.8976733498510000455e-1) * r + 1.6763848301838038494) * r +
        2.05319162663775882187) * r + 1)
    );
  }
  const r = root - 5;
  // prettier-ignore
  return (
    -(((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.2426609473880784386e-3) * r +
      2.6532189526576123093e-2) * r + 2.9656057182850489123e-1) * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r +
      6.6579046435011037772) /
    (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
      7.868691311456132591e-4) * r + 1.48753612908506148525e-2) * r + 1.3692988092273580531e-1) * r +
      5.9983220655588793769e-1) * r + 1)
  );
}
