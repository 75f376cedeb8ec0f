/**
 * Learning rate adaptation: Nomura, Akimoto, Ono 2023, "CMA-ES with learning rate adaptation: can CMA-ES with default population size
 * solve multimodal and noisy problems?", algorithm 1. The steps of mean and covariance are shortened until their signal-to-noise
 * ratio is proportional to the learning rate.
 */
import { exp, log } from "../../math/elementary.ts";
import { symmetricEigen } from "../../math/symmetric-eigen.ts";

const ALPHA = 1.4;
const BETA_MEAN = 0.1;
const BETA_SIGMA = 0.03;
const GAMMA = 0.1;

interface Distribution {
  readonly mean: Float64Array;
  sigma: number;
  readonly C: Float64Array;
}

/** Running averages of one kind of step: E of the step, V of its squared length. */
class Signal {
  eta = 1;
  readonly #E: Float64Array;
  #V = 0;
  readonly #beta: number;

  constructor(length: number, beta: number) {
    this.#E = new Float64Array(length);
    this.#beta = beta;
  }

  /** Takes in a step in whitened coordinates. */
  add(step: Float64Array): void {
    const beta = this.#beta;
    let [size, mean] = [0, 0];
    for (let i = 0; i < step.length; i++) {
      const E = (this.#E[i] = (1 - beta) * this.#E[i]! + beta * step[i]!);
      size += step[i]! ** 2;
      mean += E * E;
    }
    this.#V = (1 - beta) * this.#V + beta * size;
    const ratio = (mean - (beta / (2 - beta)) * this.#V) / (this.#V - mean);
    const drive = Math.max(-1, Math.min(1, ratio / (ALPHA * this.eta) - 1));
    this.eta = Math.min(1, this.eta * exp(Math.min(GAMMA * this.eta, beta) * drive));
  }
}

export class LearningRates {
  readonly #n: number;
  readonly #mean: Signal;
  readonly #covariance: Signal;

  constructor(n: number) {
    this.#n = n;
    this.#mean = new Signal(n, BETA_MEAN);
    this.#covariance = new Signal(n * n, BETA_SIGMA);
  }

  /** Shortens the step from `before` to `after`, which is changed. */
  adapt(before: Distribution, after: Distribution): void {
    const n = this.#n;
    const old = before.C.map(v => v * before.sigma ** 2);
    const now = after.C.map(v => v * after.sigma ** 2);
    const root = inverseRoot(old, n);
    const meanStep = after.mean.map((v, i) => v - before.mean[i]!);
    const covarianceStep = now.map((v, i) => v - old[i]!);
    const etaBefore = this.#mean.eta;
    this.#mean.add(product(root, meanStep, n, 1));
    const turned = product(product(root, covarianceStep, n, n), root, n, n);
    this.#covariance.add(turned.map(v => v / Math.SQRT2));
    for (let i = 0; i < n; i++) after.mean[i] = before.mean[i]! + this.#mean.eta * meanStep[i]!;
    const next = old.map((v, i) => v + this.#covariance.eta * covarianceStep[i]!);
    const { values } = symmetricEigen(next, n);
    const logDeterminant = values.reduce((sum, v) => sum + log(v), 0);
    const sigma = exp(logDeterminant / (2 * n));
    for (let i = 0; i < n * n; i++) after.C[i] = next[i]! / sigma ** 2;
    after.sigma = (sigma * etaBefore) / this.#mean.eta;
  }
}

/** A^(-1/2) of a symmetric positive definite matrix. */
function inverseRoot(a: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(a, n);
  const root = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (vectors[i * n + k]! * vectors[j * n + k]!) / Math.sqrt(values[k]!);
      root[i * n + j] = sum;
    }
  }
  return root;
}

/** a (n x n) times b (n x m), row-major. */
function product(a: Float64Array, b: Float64Array, n: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) for (let j = 0; j < m; j++) out[i * m + j]! += a[i * n + k]! * b[k * m + j]!;
  }
  return out;
}
