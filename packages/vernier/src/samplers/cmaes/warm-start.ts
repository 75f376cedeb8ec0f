/**
 * A first distribution from earlier trials: Nomura, Watanabe, Akimoto, Ozaki, Onishi 2021, "Warm starting CMA-ES for hyperparameter
 * optimization", section 3, with alpha = gamma = 0.1.
 */
import { exp, log } from "../../math/elementary.ts";
import { STATE, type History } from "../../core/types.ts";
import { symmetricEigen } from "../../math/symmetric-eigen.ts";

const SHARE = 0.1;
const WIDTH = 0.1;

export interface Start {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** n x n, row-major, of determinant 1. */
  readonly covariance: Float64Array;
}

/** From the best tenth of these trials, over these columns. Undefined when fewer than one of them is usable. */
export function warmStart(history: History, numbers: readonly number[], columns: readonly number[]): Start | undefined {
  const k = history.objectives.length;
  const { width } = history.codec;
  const sign = history.objectives[0]?.direction === "maximize" ? -1 : 1;
  const usable = numbers.filter(
    number =>
      history.states[number] === STATE.complete &&
      history.ranked[number] === 1 &&
      columns.every(index => !Number.isNaN(history.x[number * width + index]!)),
  );
  const violation = (number: number): number => {
    const v = history.violation[number]!;
    return Number.isNaN(v) ? Infinity : v;
  };
  usable.sort((a, b) => {
    const [va, vb] = [violation(a), violation(b)];
    if (va !== vb) return va < vb ? -1 : 1;
    return sign * (history.values[a * k]! - history.values[b * k]!) || a - b;
  });
  const best = usable.slice(0, Math.max(1, Math.floor(SHARE * usable.length)));
  if (best.length === 0) return undefined;
  return startFrom(best.map(number => Float64Array.from(columns, index => history.x[number * width + index]!)));
}

/** Sigma = 0.1^2 I + the covariance of the points about their mean. */
export function startFrom(points: readonly Float64Array[]): Start {
  const n = points[0]!.length;
  const mean = new Float64Array(n);
  for (const point of points) for (let i = 0; i < n; i++) mean[i]! += point[i]! / points.length;
  const total = new Float64Array(n * n);
  for (let i = 0; i < n; i++) total[i * n + i] = WIDTH ** 2;
  for (const point of points) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        total[i * n + j]! += ((point[i]! - mean[i]!) * (point[j]! - mean[j]!)) / points.length;
      }
    }
  }
  const { values } = symmetricEigen(total, n);
  const logDeterminant = values.reduce((sum, v) => sum + log(v), 0);
  const sigma = exp(logDeterminant / (2 * n));
  return { mean, sigma, covariance: total.map(v => v / sigma ** 2) };
}
