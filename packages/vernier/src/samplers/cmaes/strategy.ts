/**
 * The CMA evolution strategy, state and update alone: Hansen 2016, "The CMA evolution strategy: a tutorial"; equation numbers are
 * that paper's. The search distribution is N(m, sigma^2 C); each generation of lambda points moves it.
 */
import { exp } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { symmetricEigen } from "../../math/symmetric-eigen.ts";
import { type Constants, fullConstants, separableConstants } from "./constants.ts";
import { LearningRates } from "./learning-rate.ts";

export interface StrategyOptions {
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly lambda: number;
  /** A diagonal C: linear in n, blind to dependencies. */
  readonly separable: boolean;
  /** Adapts the learning rates of mean and covariance to the noise; full matrix only. */
  readonly adaptRates: boolean;
  /** C to begin with, row-major; the identity when left out. */
  readonly covariance?: Float64Array;
}

/** A point of a generation with its value, to minimise. NaN ranks last. */
export interface Told {
  readonly x: Float64Array;
  readonly value: number;
}

/** Keeps eigenvalues of C positive, as the reference implementation does. */
const EPS = 1e-8;
/** sigma is not let grow beyond it. */
const SIGMA_MAX = 1e32;

export class Strategy {
  readonly constants: Constants;
  readonly separable: boolean;
  readonly mean: Float64Array;
  sigma: number;
  /** Full: n x n row-major. Separable: its diagonal. */
  readonly C: Float64Array;
  readonly pc: Float64Array;
  readonly ps: Float64Array;
  /** Generations told. */
  generation = 0;
  /** Square roots of C's eigenvalues, and the eigenvectors (columns); undefined vectors mean the identity. */
  #D: Float64Array;
  #B: Float64Array | undefined;
  readonly #rates: LearningRates | undefined;

  constructor({ mean, sigma, lambda, separable, adaptRates, covariance }: StrategyOptions) {
    const n = mean.length;
    this.constants = separable ? separableConstants(n, lambda) : fullConstants(n, lambda);
    this.separable = separable;
    this.mean = mean.slice();
    this.sigma = sigma;
    this.C = covariance?.slice() ?? identity(n, separable);
    this.pc = new Float64Array(n);
    this.ps = new Float64Array(n);
    this.#D = new Float64Array(n).fill(1);
    this.#rates = adaptRates && !separable ? new LearningRates(n) : undefined;
    if (covariance !== undefined) this.#decompose();
  }

  /** Largest over smallest eigenvalue of C. */
  get condition(): number {
    let [low, high] = [Infinity, 0];
    for (const d of this.#D) {
      low = Math.min(low, d);
      high = Math.max(high, d);
    }
    return (high / low) ** 2;
  }

  /** Largest standard deviation along an axis of the distribution. */
  get spread(): number {
    return this.sigma * this.#D.reduce((a, b) => Math.max(a, b), 0);
  }

  /** Writes a draw x = m + sigma B D z to `out`, equations (38) to (40). */
  draw(rng: Rng, out: Float64Array): Float64Array {
    const { n } = this.constants;
    for (let i = 0; i < n; i++) out[i] = this.#D[i]! * rng.normal();
    if (this.#B !== undefined) multiply(this.#B, out.slice(), out);
    for (let i = 0; i < n; i++) out[i] = this.mean[i]! + this.sigma * out[i]!;
    return out;
  }

  /** Moves the distribution by one generation of `lambda` points. */
  tell(points: readonly Told[]): void {
    const before = this.#rates && { mean: this.mean.slice(), sigma: this.sigma, C: this.C.slice() };
    this.#update(points);
    if (this.#rates !== undefined && before !== undefined) {
      this.#rates.adapt(before, this);
      this.#decompose();
    }
  }

  #update(points: readonly Told[]): void {
    const { n, mu, weights, weightSum, mueff, c1, cmu, csigma, dsigma, cc, chi } = this.constants;
    this.generation++;
    const sorted = points.toSorted((a, b) => worse(a.value) - worse(b.value) || 0);
    const y = sorted.map(({ x }) => x.map((v, i) => (v - this.mean[i]!) / this.sigma));
    // (41), (42): the mean.
    const yw = new Float64Array(n);
    for (let k = 0; k < mu; k++) for (let i = 0; i < n; i++) yw[i]! += weights[k]! * y[k]![i]!;
    for (let i = 0; i < n; i++) this.mean[i]! += this.sigma * yw[i]!;
    // (43), (44): the step size.
    const white = this.#whitened(yw);
    const gain = Math.sqrt(csigma * (2 - csigma) * mueff);
    for (let i = 0; i < n; i++) this.ps[i] = (1 - csigma) * this.ps[i]! + gain * white[i]!;
    const length = Math.sqrt(squared(this.ps));
    const whites = y.map(v => (this.separable ? 0 : squared(this.#whitened(v))));
    this.sigma = Math.min(SIGMA_MAX, this.sigma * exp((csigma / dsigma) * (length / chi - 1)));
    // (45) to (47): the covariance.
    const steady = length / Math.sqrt(1 - (1 - csigma) ** (2 * (this.generation + 1))) < (1.4 + 2 / (n + 1)) * chi;
    const push = steady ? Math.sqrt(cc * (2 - cc) * mueff) : 0;
    for (let i = 0; i < n; i++) this.pc[i] = (1 - cc) * this.pc[i]! + push * yw[i]!;
    const keep = 1 + (steady ? 0 : c1 * cc * (2 - cc)) - c1 - cmu * weightSum;
    const io = weights.map((w, k) => (w >= 0 ? w : (w * n) / (whites[k]! + EPS)));
    if (this.separable) {
      for (let i = 0; i < n; i++) {
        let rankMu = 0;
        for (let k = 0; k < io.length; k++) rankMu += io[k]! * y[k]![i]! ** 2;
        this.C[i] = keep * this.C[i]! + c1 * this.pc[i]! ** 2 + cmu * rankMu;
      }
    } else {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let rankMu = 0;
          for (let k = 0; k < io.length; k++) rankMu += io[k]! * y[k]![i]! * y[k]![j]!;
          const value = keep * this.C[i * n + j]! + c1 * this.pc[i]! * this.pc[j]! + cmu * rankMu;
          this.C[i * n + j] = this.C[j * n + i] = value;
        }
      }
    }
    if (this.#rates === undefined) this.#decompose();
  }

  /** C^(-1/2) v. */
  #whitened(v: Float64Array): Float64Array {
    const n = v.length;
    const B = this.#B;
    if (B === undefined) return v.map((value, i) => value / this.#D[i]!);
    const turned = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) turned[j]! += B[k * n + j]! * v[k]!;
    for (let j = 0; j < n; j++) turned[j]! /= this.#D[j]!;
    return multiply(B, turned, new Float64Array(n));
  }

  #decompose(): void {
    if (this.separable) {
      this.#D = this.C.map(v => Math.sqrt(v < 0 ? EPS : v));
      return;
    }
    const { n } = this.constants;
    const { values, vectors } = symmetricEigen(this.C, n);
    const clipped = values.some(v => v < 0);
    this.#D = values.map(v => Math.sqrt(v < 0 ? EPS : v));
    this.#B = vectors;
    if (!clipped) return;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let value = 0;
        for (let k = 0; k < n; k++) value += vectors[i * n + k]! * this.#D[k]! ** 2 * vectors[j * n + k]!;
        this.C[i * n + j] = this.C[j * n + i] = value;
      }
    }
  }
}

function worse(value: number): number {
  return Number.isNaN(value) ? Number.MAX_VALUE : Math.min(value, Number.MAX_VALUE);
}

function identity(n: number, separable: boolean): Float64Array {
  if (separable) return new Float64Array(n).fill(1);
  const I = new Float64Array(n * n);
  for (let i = 0; i < n; i++) I[i * n + i] = 1;
  return I;
}

function multiply(matrix: Float64Array, v: Float64Array, out: Float64Array): Float64Array {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * v[j]!;
    out[i] = sum;
  }
  return out;
}

function squared(v: Float64Array): number {
  let sum = 0;
  for (const x of v) sum += x * x;
  return sum;
}
