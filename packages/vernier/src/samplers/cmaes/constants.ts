/** Population, weights and learning rates: Hansen 2016, "The CMA evolution strategy: a tutorial", table 1. */
import { log } from "../../math/elementary.ts";

export interface Constants {
  /** Dimension n. */
  readonly n: number;
  /** Population size lambda. */
  readonly lambda: number;
  readonly mu: number;
  /** w_i of the i-th best of the population, lambda of them; those beyond mu are negative or 0. */
  readonly weights: Float64Array;
  readonly weightSum: number;
  readonly mueff: number;
  readonly c1: number;
  readonly cmu: number;
  readonly csigma: number;
  readonly dsigma: number;
  readonly cc: number;
  /** Expected length of a standard normal vector. */
  readonly chi: number;
}

/** 4 + floor(3 ln n), equation (48). */
export function defaultPopulation(n: number): number {
  return 4 + Math.floor(3 * log(n));
}

/** With a full matrix and negative weights ("active"), equations (49) to (58). */
export function fullConstants(n: number, lambda: number): Constants {
  const raw = Float64Array.from({ length: lambda }, (_, i) => log((lambda + 1) / 2) - log(i + 1));
  const mu = Math.floor(lambda / 2);
  const mueff = effective(raw.subarray(0, mu));
  const mueffMinus = effective(raw.subarray(mu));
  const c1 = 2 / ((n + 1.3) ** 2 + mueff);
  const cmu = Math.min(1 - c1 - 1e-8, (2 * (mueff - 2 + 1 / mueff)) / ((n + 2) ** 2 + mueff));
  const minus = Math.min(1 + c1 / cmu, 1 + (2 * mueffMinus) / (mueff + 2), (1 - c1 - cmu) / (n * cmu));
  const positive = total(raw, w => Math.max(w, 0));
  const negative = total(raw, w => Math.max(-w, 0));
  const weights = raw.map(w => (w >= 0 ? w / positive : (w * minus) / negative));
  const csigma = (mueff + 2) / (n + mueff + 5);
  return {
    ...{ n, lambda, mu, weights, weightSum: total(weights, w => w), mueff, c1, cmu, csigma },
    dsigma: damping(n, mueff, csigma),
    cc: (4 + mueff / n) / (n + 4 + (2 * mueff) / n),
    chi: expectedLength(n),
  };
}

/** With a diagonal matrix: Ros & Hansen 2008, "A simple modification in CMA-ES achieving linear time and space complexity", section 3. */
export function separableConstants(n: number, lambda: number): Constants {
  const mu = Math.floor(lambda / 2);
  const raw = Float64Array.from({ length: lambda }, (_, i) => (i < mu ? log(mu + 1) - log(i + 1) : 0));
  const sum = total(raw, w => w);
  const weights = raw.map(w => w / sum);
  const mueff = 1 / total(weights, w => w * w);
  const c1 = 2 / ((n + 1.3) ** 2 + mueff);
  const full =
    2 / (mueff * (n + Math.SQRT2) ** 2) + (1 - 1 / mueff) * Math.min(1, (2 * mueff - 1) / ((n + 2) ** 2 + mueff));
  const csigma = (mueff + 2) / (n + mueff + 3);
  return {
    ...{ n, lambda, mu, weights, weightSum: 1, mueff, c1, cmu: Math.min(1 - c1, ((n + 2) / 3) * full), csigma },
    dsigma: damping(n, mueff, csigma),
    cc: 4 / (n + 4),
    chi: expectedLength(n),
  };
}

function effective(weights: Float64Array): number {
  return total(weights, w => w) ** 2 / total(weights, w => w * w);
}

function damping(n: number, mueff: number, csigma: number): number {
  return 1 + 2 * Math.max(0, Math.sqrt((mueff - 1) / (n + 1)) - 1) + csigma;
}

function expectedLength(n: number): number {
  return Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

function total(values: Float64Array, f: (v: number) => number): number {
  let sum = 0;
  for (const v of values) sum += f(v);
  return sum;
}
