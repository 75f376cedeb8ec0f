/**
 * The covariance k(x, x') = s M(q), q = sum_d w_d delta_d(x, x'), with M the Matern kernel of smoothness 5/2 as a function of the squared
 * distance (Rasmussen & Williams 2006, "Gaussian processes for machine learning", eq. 4.17) and w_d the inverse squared lengthscale of
 * feature d.
 */

/** What is learnt: weights of the features, variance of the function, variance of the noise, for values of mean 0 and variance 1. */
export interface Hyperparameters {
  readonly weights: Float64Array;
  readonly scale: number;
  readonly noise: number;
}

/** The smallest variance of the noise; keeps repeated points from breaking the factor. */
export const NOISE_FLOOR = 1e-6;

/** M(q) = (1 + sqrt(5q) + 5q/3) exp(-sqrt(5q)). */
export function matern52(q: number): number {
  const r = Math.sqrt(5 * q);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** dM/dq = -(5/6) (1 + sqrt(5q)) exp(-sqrt(5q)), finite at q = 0. */
export function matern52Slope(q: number): number {
  const r = Math.sqrt(5 * q);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}

/** Where nothing is known: every weight 1. */
export function unitHyperparameters(count: number, deterministic: boolean): Hyperparameters {
  return { weights: new Float64Array(count).fill(1), scale: 1, noise: deterministic ? NOISE_FLOOR : 1 };
}
