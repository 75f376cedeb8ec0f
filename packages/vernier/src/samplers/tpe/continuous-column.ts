/** Continuous columns: the density of the truncated normal itself. All of an estimator are evaluated in one loop. */
import { LOG_SQRT_2PI, logMassInside } from "./kernel.ts";
import { LANES, type ParzenColumn, Rows } from "./column.ts";
import { NumericColumn } from "./numeric-column.ts";

/** Stores 1 / (2 sigma^2): the exponent is -(x - mu)^2 times that. */
export class ContinuousColumn extends NumericColumn {
  protected stored(sigma: number): number {
    return 0.5 / (sigma * sigma);
  }

  protected sigma(stored: number): number {
    return Math.sqrt(0.5 / stored);
  }

  constant(slot: number): number {
    const sigma = this.sigma(this.width(slot));
    return -Math.log(sigma) - LOG_SQRT_2PI - logMassInside(this.mean(slot), sigma);
  }

  accumulate(x: Float64Array, slots: Int32Array, from: number, count: number, sums: Float64Array): void {
    const { data, stride } = this.rows;
    const { at } = this;
    for (let k = 0; k < count; k++) {
      const place = slots[from + k]! * stride + at;
      for (let lane = 0; lane < LANES; lane++) {
        const delta = x[lane]! - data[place]!;
        sums[LANES * k + lane]! -= delta * delta * data[place + 1]!;
      }
    }
  }

  logPrior(x: number): number {
    const z = (x - this.priorMean) / this.priorSd;
    return -0.5 * z * z - Math.log(this.priorSd) - LOG_SQRT_2PI - this.logPriorInside;
  }
}

/** The continuous columns of one estimator, their rows side by side. */
export class ContinuousBlock {
  readonly columns: readonly ContinuousColumn[];
  readonly #rows: Rows;
  /** Coordinates of the four points: column d, lane l at [4 d + l]. */
  readonly #x: Float64Array;

  constructor(columns: readonly ParzenColumn[]) {
    this.#rows = new Rows(2 * columns.length);
    this.columns = columns.map((column, d) => new ContinuousColumn(column, this.#rows, 2 * d));
    this.#x = new Float64Array(LANES * columns.length);
  }

  /** Point number `lane` is x[offset + column.index]. */
  load(lane: number, x: ArrayLike<number>, offset: number): void {
    for (let d = 0; d < this.columns.length; d++) this.#x[LANES * d + lane] = x[offset + this.columns[d]!.index]!;
  }

  /** sums[4 k + lane] = constants[slot] - sum_d (x_d - mu_d)^2 / (2 sigma_d^2), slot = slots[from + k]. */
  evaluate(slots: Int32Array, from: number, count: number, constants: Float64Array, sums: Float64Array): void {
    const { data, stride } = this.#rows;
    const x = this.#x;
    const end = x.length;
    for (let k = 0; k < count; k++) {
      const slot = slots[from + k]!;
      let s0 = constants[slot]!;
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let i = 0, place = slot * stride; i < end; i += 4, place += 2) {
        const mu = data[place]!;
        const h = data[place + 1]!;
        const d0 = x[i]! - mu;
        const d1 = x[i + 1]! - mu;
        const d2 = x[i + 2]! - mu;
        const d3 = x[i + 3]! - mu;
        s0 -= d0 * d0 * h;
        s1 -= d1 * d1 * h;
        s2 -= d2 * d2 * h;
        s3 -= d3 * d3 * h;
      }
      sums[4 * k] = s0;
      sums[4 * k + 1] = s1;
      sums[4 * k + 2] = s2;
      sums[4 * k + 3] = s3;
    }
  }
}
