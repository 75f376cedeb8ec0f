/** One metric's Gaussian process over a study that grows: fits by the schedule, points appended in between. */
import { fitMap } from "./fit.ts";
import { type Hyperparameters, unitHyperparameters } from "./kernel.ts";
import { Posterior } from "./posterior.ts";
import { fitSubset, fittedAt, isLandmark, landmarkBelow } from "./schedule.ts";

/** Rows of features that are only ever appended to. */
export class Points {
  n = 0;
  x = new Float64Array(0);
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  /** Room for one more row: its offset in x. */
  add(): number {
    const offset = this.n * this.count;
    if (this.x.length < offset + this.count) {
      const grown = new Float64Array(Math.max(32 * this.count, 2 * this.x.length));
      grown.set(this.x);
      this.x = grown;
    }
    this.n++;
    return offset;
  }
}

/** Values of the first `n` points, mean 0 and variance 1, larger is better. Must be a function of those points alone. */
export type ValuesOf = (n: number) => Float64Array;

export class Surrogate {
  readonly #points: Points;
  readonly #numbers: number;
  readonly #deterministic: boolean;
  readonly #valuesOf: ValuesOf;
  readonly #fits = new Map<number, Hyperparameters>();
  #posterior: Posterior | undefined;

  constructor(points: Points, numbers: number, deterministic: boolean, valuesOf: ValuesOf) {
    this.#points = points;
    this.#numbers = numbers;
    this.#deterministic = deterministic;
    this.#valuesOf = valuesOf;
  }

  /** The posterior of all points. Further points may be appended and truncated by the caller, who leaves it as it was. */
  posterior(): Posterior {
    const { n, x, count } = this.#points;
    const hyper = this.#fitted(fittedAt(n));
    if (this.#posterior?.hyper !== hyper) this.#posterior = new Posterior(hyper, count, this.#numbers);
    const posterior = this.#posterior;
    while (posterior.n < n) posterior.append(x, posterior.n * count);
    return posterior;
  }

  #fitted(n: number): Hyperparameters {
    const known = this.#fits.get(n);
    if (known !== undefined) return known;
    const { x, count } = this.#points;
    const landmark = landmarkBelow(n);
    const starts = landmark > 0 ? [this.#fitted(landmark)] : [];
    if (landmark === 0 || isLandmark(n)) starts.push(unitHyperparameters(count, this.#deterministic));
    const values = this.#valuesOf(n);
    const chosen = fitSubset(values, n);
    const rows = new Float64Array(chosen.length * count);
    for (const [k, i] of chosen.entries()) rows.set(x.subarray(i * count, (i + 1) * count), k * count);
    const data = {
      ...{ x: rows, y: Float64Array.from(chosen, i => values[i]!) },
      ...{ n: chosen.length, count, numbers: this.#numbers },
    };
    const hyper = fitMap(data, this.#deterministic, starts);
    if (!isLandmark(n)) for (const old of this.#fits.keys()) if (!isLandmark(old)) this.#fits.delete(old);
    this.#fits.set(n, hyper);
    return hyper;
  }
}

/** Values of mean 0 and variance 1, in place, whatever their size; all 0 where they are equal. Gives what was taken off. */
export function standardise(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const n = values.length;
  let size = 0;
  for (const v of values) size = Math.max(size, Math.abs(v));
  if (size === 0) return { mean: 0, deviation: 1 };
  // Shares of the largest: sums and squares neither overflow nor underflow.
  let mean = 0;
  for (const v of values) mean += v / size / n;
  let variance = 0;
  for (const v of values) variance += (v / size - mean) ** 2 / n;
  const deviation = variance > 1e-24 ? Math.sqrt(variance) : 1;
  for (let i = 0; i < n; i++) values[i] = variance > 1e-24 ? (values[i]! / size - mean) / deviation : 0;
  return { mean: mean * size, deviation: deviation * size };
}
