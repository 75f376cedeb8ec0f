/**
 * Hyperparameters by maximum a posteriori: the log marginal likelihood (Rasmussen & Williams 2006, eq. 2.30) plus log priors that hold
 * weights, scale and noise in the range of values of mean 0 and variance 1; its gradient by hand (eq. 5.9), climbed by L-BFGS.
 */
import { cholesky, choleskyInverse, choleskyLogDeterminant, solveWithCholesky } from "../../math/cholesky.ts";
import { VernierError } from "../../math/errors.ts";
import { minimizeBounded } from "../../math/lbfgs.ts";
import { type Hyperparameters, NOISE_FLOOR, unitHyperparameters } from "./kernel.ts";

/** Points to fit to: `n` rows of `count` features, the first `numbers` of them numbers, and a value each. */
export interface FitData {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly n: number;
  readonly count: number;
  readonly numbers: number;
}

/** Largest component of the gradient at which a fit ends. */
const TOLERANCE = 1e-2;
const ITERATIONS = 100;
/** Logs of the hyperparameters stay within: beyond it the data say nothing and numbers overflow. */
const LOG_RANGE = 23;

/** log p = -sum(0.1 / w + 0.1 w) + [log s - s] + [0.1 log noise - 30 noise]. */
export function logPrior({ weights, scale, noise }: Hyperparameters): number {
  let sum = Math.log(scale) - scale + 0.1 * Math.log(noise) - 30 * noise;
  for (const w of weights) sum -= 0.1 / w + 0.1 * w;
  return sum;
}

/** The log marginal likelihood without its constant, as a function of the hyperparameters of fixed data. */
export class Likelihood {
  readonly #data: FitData;
  readonly #k: Float64Array;
  /** s M'(q) of each pair, lower triangle. */
  readonly #slope: Float64Array;
  readonly #factor: Float64Array;
  readonly #alpha: Float64Array;
  readonly #scaled: Float64Array;

  constructor(data: FitData) {
    const { n, count } = data;
    this.#data = data;
    this.#k = new Float64Array(n * n);
    this.#slope = new Float64Array(n * n);
    this.#factor = new Float64Array(n * n);
    this.#alpha = new Float64Array(n);
    this.#scaled = new Float64Array(n * count);
  }

  /**
   * -y' K^-1 y / 2 - log|K| / 2; -Infinity where K cannot be factored. With `gradient` (count + 2 long) also its derivatives by the logs
   * of the weights, the log of the scale, and the noise.
   */
  at({ weights, scale, noise }: Hyperparameters, gradient?: Float64Array): number {
    const { y, n } = this.#data;
    this.#fill(weights, scale);
    const l = this.#factor;
    l.set(this.#k);
    for (let i = 0; i < n; i++) l[i * n + i] = scale + noise;
    try {
      cholesky(l, n, l);
    } catch (error) {
      if (error instanceof VernierError) return -Infinity;
      throw error;
    }
    const alpha = this.#alpha;
    alpha.set(y.subarray(0, n));
    solveWithCholesky(l, n, alpha);
    let fit = 0;
    for (let i = 0; i < n; i++) fit += y[i]! * alpha[i]!;
    const logDeterminant = choleskyLogDeterminant(l, n);
    if (gradient !== undefined) this.#differentiate(weights, scale, gradient);
    return -0.5 * fit - 0.5 * logDeterminant;
  }

  #fill(weights: Float64Array, scale: number): void {
    const { x, n, count, numbers } = this.#data;
    const z = this.#scaled;
    for (let d = 0; d < count; d++) {
      // Codes are only compared: they stay as they are.
      const root = d < numbers ? Math.sqrt(weights[d]!) : 1;
      for (let i = 0; i < n; i++) z[i * count + d] = root * x[i * count + d]!;
    }
    for (let i = 0; i < n; i++) {
      const a = i * count;
      for (let j = 0; j < i; j++) {
        const b = j * count;
        let q = 0;
        for (let d = 0; d < numbers; d++) {
          const difference = z[a + d]! - z[b + d]!;
          q += difference * difference;
        }
        for (let d = numbers; d < count; d++) if (z[a + d] !== z[b + d]) q += weights[d]!;
        const r = Math.sqrt(5 * q);
        const decay = scale * Math.exp(-r);
        this.#k[i * n + j] = (1 + r + (r * r) / 3) * decay;
        this.#slope[i * n + j] = (-5 / 6) * (1 + r) * decay;
      }
    }
  }

  /** dL/dtheta = tr((alpha alpha' - K^-1) dK/dtheta) / 2. */
  #differentiate(weights: Float64Array, scale: number, gradient: Float64Array): void {
    const { n, count, numbers } = this.#data;
    const z = this.#scaled;
    const alpha = this.#alpha;
    const inverse = choleskyInverse(this.#factor, n);
    let byScale = 0;
    let trace = 0;
    // Here the factor is of no more use, and takes the weight of each pair.
    const pairs = this.#factor;
    for (let i = 0; i < n; i++) {
      const a = alpha[i]!;
      for (let j = 0, at = i * n; j < i; j++, at++) {
        const g = a * alpha[j]! - inverse[at]!;
        byScale += g * this.#k[at]!;
        pairs[at] = g * this.#slope[at]!;
      }
      trace += a * a - inverse[i * n + i]!;
    }
    const column = new Float64Array(n);
    for (let d = 0; d < count; d++) {
      for (let i = 0; i < n; i++) column[i] = z[i * count + d]!;
      let sum = 0;
      for (let i = 1; i < n; i++) {
        const own = column[i]!;
        const row = i * n;
        if (d < numbers) {
          for (let j = 0; j < i; j++) {
            const difference = own - column[j]!;
            sum += pairs[row + j]! * difference * difference;
          }
        } else {
          for (let j = 0; j < i; j++) if (own !== column[j]) sum += pairs[row + j]!;
        }
      }
      gradient[d] = sum;
    }
    for (let d = numbers; d < count; d++) gradient[d]! *= weights[d]!;
    gradient[count] = byScale + 0.5 * scale * trace;
    gradient[count + 1] = 0.5 * trace;
  }
}

/** What to minimise over theta = (log w, log s, log(noise - 1e-6)), without the last where the noise is fixed. */
export function lossOf(data: FitData, deterministic: boolean): (theta: Float64Array, gradient: Float64Array) => number {
  const { count } = data;
  const likelihood = new Likelihood(data);
  const slopes = new Float64Array(count + 2);
  return (theta, gradient) => {
    const at = fromLogs(theta, count, deterministic);
    const value = likelihood.at(at, slopes);
    for (let d = 0; d < count; d++) {
      const w = at.weights[d]!;
      gradient[d] = -(slopes[d]! + 0.1 / w - 0.1 * w);
    }
    gradient[count] = -(slopes[count]! + 1 - at.scale);
    if (!deterministic) {
      gradient[count + 1] = -(slopes[count + 1]! + 0.1 / at.noise - 30) * (at.noise - NOISE_FLOOR);
    }
    return -(value + logPrior(at));
  };
}

/**
 * The hyperparameters of a local maximum, the best of those reached from `starts`; all 1 where none is reached.
 */
export function fitMap(data: FitData, deterministic: boolean, starts: readonly Hyperparameters[]): Hyperparameters {
  const loss = lossOf(data, deterministic);
  let best: { x: Float64Array; value: number } | undefined;
  for (const start of starts) {
    const theta = toLogs(start, deterministic);
    const lower = theta.map(() => -LOG_RANGE);
    const upper = theta.map(() => LOG_RANGE);
    const found = minimizeBounded(loss, theta, {
      lower,
      upper,
      tolerance: TOLERANCE,
      iterations: ITERATIONS,
      gain: 1e-7,
    });
    if (Number.isFinite(found.value) && !(best !== undefined && best.value <= found.value)) best = found;
  }
  return best === undefined
    ? unitHyperparameters(data.count, deterministic)
    : fromLogs(best.x, data.count, deterministic);
}

function toLogs({ weights, scale, noise }: Hyperparameters, deterministic: boolean): Float64Array {
  const logs = [...weights, scale].map(Math.log);
  return Float64Array.from(
    deterministic ? logs : [...logs, Math.log(Math.max(noise - NOISE_FLOOR, NOISE_FLOOR * 1e-3))],
  );
}

function fromLogs(theta: Float64Array, count: number, deterministic: boolean): Hyperparameters {
  return {
    weights: theta.subarray(0, count).map(Math.exp),
    scale: Math.exp(theta[count]!),
    noise: deterministic ? NOISE_FLOOR : NOISE_FLOOR + Math.exp(theta[count + 1]!),
  };
}
