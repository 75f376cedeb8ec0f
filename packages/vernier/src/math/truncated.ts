/**
 * The normal distribution with mean mu and standard deviation sigma, cut to [low, high] (either may be infinite).
 * Densities and quantiles stay accurate where the interval lies far in a tail, and where it is so narrow that the law
 * is almost uniform.
 */

import { exp, log } from "./elementary.ts";
import { VernierError } from "./errors.ts";
import {
  logDiffCdf,
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalQuantile,
  normalQuantileFromHalf,
  normalQuantileFromLog,
} from "./normal.ts";
import type { Rng } from "./rng.ts";
import { erf } from "./special.ts";

/**
 * Log density at x; -Infinity outside [low, high].
 *
 * @throws VernierError E_MATH_RANGE unless sigma > 0 and low < high.
 */
export function truncatedNormalLogPdf(x: number, mu: number, sigma: number, low: number, high: number): number {
  check(mu, sigma, low, high);
  if (x < low || x > high) return -Infinity;
  return normalLogPdf((x - mu) / sigma) - log(sigma) - logDiffCdf((low - mu) / sigma, (high - mu) / sigma);
}

/**
 * The x in [low, high] below which lies the share u, 0 <= u <= 1, of the truncated normal's mass. Increases with u.
 *
 * @throws VernierError E_MATH_RANGE unless sigma > 0, low < high and 0 <= u <= 1.
 */
export function truncatedNormalQuantile(u: number, mu: number, sigma: number, low: number, high: number): number {
  check(mu, sigma, low, high);
  if (!(u >= 0 && u <= 1)) {
    throw new VernierError("E_MATH_RANGE", `a share u is from 0 to 1; got ${u}. Pass a probability.`);
  }
  if (u === 0) return low;
  if (u === 1) return high;
  const a = (low - mu) / sigma;
  const b = (high - mu) / sigma;
  if (a < 0 && b > 0) return clamp(mu + sigma * centralQuantile(u, a, b), low, high);
  const h = (high - low) / sigma;
  if (h * (1 + Math.max(Math.abs(a), Math.abs(b))) < 1e-5) {
    return clamp(low + (high - low) * tiltedQuantile(u, 0.5 * (a + b) * h), low, high);
  }
  const z = a >= 0 ? -lowerQuantile(1 - u, -b, -a) : lowerQuantile(u, a, b);
  return clamp(mu + sigma * z, low, high);
}

/**
 * A draw by inversion: one uniform, so the stream moves by the same two words whatever the parameters.
 *
 * @throws VernierError E_MATH_RANGE unless sigma > 0 and low < high.
 */
export function drawTruncatedNormal(rng: Rng, mu: number, sigma: number, low: number, high: number): number {
  const u = rng.next();
  return truncatedNormalQuantile(u === 0 ? 2 ** -54 : u, mu, sigma, low, high); // 0 would give low, perhaps -Infinity
}

/** Quantile of the density exp(-tilt t) on [0,1]: across a narrow interval the normal density is this up to h²/8. */
function tiltedQuantile(u: number, tilt: number): number {
  return Math.abs(tilt) < 1e-12 ? u : Math.log1p(u * Math.expm1(-tilt)) / -tilt;
}

/**
 * For a < 0 < b: by the distance q of the probability from 1/2, or from whichever end is near, so that nothing is
 * rounded away.
 */
function centralQuantile(u: number, a: number, b: number): number {
  const left = 0.5 * erf(-a * Math.SQRT1_2);
  const right = 0.5 * erf(b * Math.SQRT1_2);
  const q = u * right - (1 - u) * left;
  if (Math.abs(q) <= 0.425) return normalQuantileFromHalf(q);
  return q < 0
    ? normalQuantile(normalCdf(a) + u * (left + right))
    : -normalQuantile(normalCdf(-b) + (1 - u) * (left + right));
}

/** For a < b <= 0, by logs. */
function lowerQuantile(u: number, a: number, b: number): number {
  const logB = normalLogCdf(b);
  const ratio = exp(normalLogCdf(a) - logB);
  // Φ(z) / Φ(b) = u + (1 - u) Φ(a)/Φ(b); for a ratio near 1 its distance from 1 must come from the difference itself
  const share = ratio < 0.5 ? log(u + (1 - u) * ratio) : Math.log1p(-(1 - u) * exp(logDiffCdf(a, b) - logB));
  return clamp(normalQuantileFromLog(logB + share), a, b);
}

function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}

function check(mu: number, sigma: number, low: number, high: number): void {
  if (sigma > 0 && sigma < Infinity && low < high && Number.isFinite(mu)) return;
  throw new VernierError(
    "E_MATH_RANGE",
    `a truncated normal needs a finite mu, a finite sigma > 0 and low < high; got mu=${mu}, sigma=${sigma}, low=${low}, high=${high}. Correct the one that breaks the rule.`,
  );
}
