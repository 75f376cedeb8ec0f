/** Draws from gamma, Dirichlet and categorical laws. */

import { exp, log as ln } from "./elementary.ts";
import { VernierError } from "./errors.ts";
import type { Rng } from "./rng.ts";

/**
 * The log of a gamma draw of the given shape and scale 1. Small shapes give values that underflow (shape 0.001: half of
 * them are below 1e-300), their logs do not. Marsaglia & Tsang 2000, "A simple method for generating gamma variables",
 * ACM TOMS 26(3); a shape below 1 from shape + 1 by their boost U^(1/shape).
 *
 * @throws VernierError E_MATH_RANGE unless shape > 0 and finite.
 */
export function drawLogGamma(rng: Rng, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) {
    throw new VernierError(
      "E_MATH_RANGE",
      `a gamma law needs a finite shape > 0; got ${shape}. Pass a positive shape.`,
    );
  }
  if (shape < 1) return drawLogGamma(rng, shape + 1) + logUniform(rng) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const logV = ln(v);
    if (logUniform(rng) < 0.5 * x * x + d * (1 - v + logV)) return ln(d) + logV;
  }
}

/** log U for U uniform on (0,1]. */
function logUniform(rng: Rng): number {
  return ln(1 - rng.next());
}

/**
 * A gamma draw of the given shape and scale 1: mean and variance are the shape.
 *
 * @throws VernierError E_MATH_RANGE unless shape > 0 and finite.
 */
export function drawGamma(rng: Rng, shape: number): number {
  return exp(drawLogGamma(rng, shape));
}

/**
 * A Dirichlet draw: non-negative shares that sum to 1 (to rounding), written to `out`. Concentrations all 1 give the
 * uniform law on the simplex. From gammas kept as logs, so tiny concentrations give a corner and never 0/0.
 *
 * @throws VernierError E_MATH_RANGE when there is no concentration, or one is not a finite number > 0.
 */
export function drawDirichlet(
  rng: Rng,
  concentrations: ArrayLike<number>,
  out: Float64Array = new Float64Array(concentrations.length),
): Float64Array {
  const n = concentrations.length;
  if (n === 0 || out.length < n) {
    throw new VernierError(
      "E_MATH_RANGE",
      `a Dirichlet law needs concentrations and room for as many shares; got ${n} and room for ${out.length}. Pass at least one, and a longer array.`,
    );
  }
  let top = -Infinity;
  for (let i = 0; i < n; i++) {
    const log = drawLogGamma(rng, concentrations[i]!);
    out[i] = log;
    if (log > top) top = log;
  }
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const share = exp(out[i]! - top);
    out[i] = share;
    sum += share;
  }
  for (let i = 0; i < n; i++) out[i]! /= sum;
  return out;
}

/**
 * An index from 0 to n - 1 with probability proportional to its weight; a weight of 0 is never drawn. One uniform,
 * O(n).
 *
 * @throws VernierError E_MATH_RANGE when a weight is negative or not finite, or none is positive.
 */
export function drawCategorical(rng: Rng, weights: ArrayLike<number>, n = weights.length): number {
  let total = 0;
  let last = -1;
  for (let i = 0; i < n; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0 && weight < Infinity)) {
      throw new VernierError(
        "E_MATH_RANGE",
        `weights are finite and >= 0; got ${weight} at index ${i}. Correct that weight.`,
      );
    }
    if (weight > 0) last = i;
    total += weight;
  }
  if (last < 0 || total === Infinity) {
    throw new VernierError(
      "E_MATH_RANGE",
      `weights need a positive, finite sum; got ${total} over ${n} weights. Pass at least one positive weight.`,
    );
  }
  let left = rng.next() * total;
  for (let i = 0; i < last; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return last;
}
