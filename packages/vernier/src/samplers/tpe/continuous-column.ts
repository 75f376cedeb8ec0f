/** Continuous columns: the density of the truncated normal itself. All of an estimator are evaluated in one loop. */
import { log } from "../../math/elementary.ts";
import { LOG_SQRT_2PI, logMassInside, WHOLE } from "./kernel.ts";
import { LANES, type ParzenColumn } from "./column.ts";
import { NumericColumn } from "./numeric-column.ts";
import { CODES, Rows } from "./spacing.ts";

/** Keeps 1 / (2 sigma^2) by code: the exponent is -(x - mu)^2 times that. */
export class ContinuousColumn extends NumericColumn {
  readonly #halves: Float64Array;
  /** Log of the density's factor before the mass inside, by code. */
  readonly #logFactors = new Float64Array(CODES);
  /** Beyond this distance from both bounds all mass is inside. */
  readonly #margins = new Float64Array(CODES);

  constructor(column: ParzenColumn, rows: Rows, at: number, halves: Float64Array) {
    super(column, rows, at);
    this.#halves = halves;
  }

  protected reshaped(code: number, exact: number): void {
    const half = 0.5 / (exact * exact);
    const sigma = Math.sqrt(0.5 / half);
    this.#halves[code] = half;
    this.sigmas[code] = sigma;
    this.#logFactors[code] = -log(sigma) - LOG_SQRT_2PI;
    this.#margins[code] = WHOLE * sigma * 1.0001;
  }

  constant(slot: number): number {
    const mu = this.mean(slot);
    const code = this.code(slot);
    const margin = this.#margins[code]!;
    const logFactor = this.#logFactors[code]!;
    return mu > margin && 1 - mu > margin ? logFactor : logFactor - logMassInside(mu, this.sigmas[code]!);
  }

  /** At the smallest bandwidth and on a bound: -log(sigma mass) falls with sigma. */
  get largestConstant(): number {
    return this.#logFactors[0]! - logMassInside(0, this.sigmas[0]!);
  }

  logPrior(x: number): number {
    const z = (x - this.priorMean) / this.priorSd;
    return -0.5 * z * z - log(this.priorSd) - LOG_SQRT_2PI - this.logPriorInside;
  }
}

/** The continuous columns of one estimator, their rows side by side. */
export class ContinuousBlock {
  readonly columns: readonly ContinuousColumn[];
  readonly rows: Rows;
  /** Coordinates of the four points: column d, lane l at [4 d + l]. */
  readonly #x: Float64Array;
  /** 1 / (2 sigma^2) of column d and code c at [256 d + c]. */
  readonly #halves: Float64Array;

  constructor(columns: readonly ParzenColumn[]) {
    this.rows = new Rows(columns.length);
    this.#halves = new Float64Array(256 * columns.length);
    this.columns = columns.map(
      (column, d) => new ContinuousColumn(column, this.rows, d, this.#halves.subarray(256 * d, 256 * d + CODES)),
    );
    this.#x = new Float64Array(LANES * columns.length);
  }

  /** Point number `lane` is x[offset + column.index]. */
  load(lane: number, x: ArrayLike<number>, offset: number): void {
    for (let d = 0; d < this.columns.length; d++) this.#x[LANES * d + lane] = x[offset + this.columns[d]!.index]!;
  }

  /**
   * constants[slot] - sum_d (x_d - mu_d)^2 / (2 sigma_d^2) for slots[from..from+count), but for those that come to be below floors[lane] at all
   * four points. Writes the places in `slots` of those that are left to `kept` and their sums to sums[4 k + lane]; returns how many.
   * A constant that is NaN is asked for only when it matters: none is above `largest`.
   */
  evaluate(
    slots: Int32Array,
    from: number,
    count: number,
    constants: Float64Array,
    largest: number,
    work: (slot: number) => number,
    floors: Float64Array,
    kept: Int32Array,
    sums: Float64Array,
  ): number {
    const { means, codes, stride } = this.rows;
    const x = this.#x;
    const halves = this.#halves;
    const end = x.length;
    const f0 = floors[0]!;
    const f1 = floors[1]!;
    const f2 = floors[2]!;
    const f3 = floors[3]!;
    let left = 0;
    for (let j = from; j < from + count; j++) {
      const slot = slots[j]!;
      let constant = constants[slot]!;
      let known = constant === constant;
      if (!known) constant = largest;
      for (;;) {
        let s0 = constant;
        let s1 = constant;
        let s2 = constant;
        let s3 = constant;
        for (let i = 0, place = slot * stride; i < end; i += 4, place++) {
          const mu = means[place]!;
          const h = halves[64 * i + codes[place]!]!;
          const d0 = x[i]! - mu;
          const d1 = x[i + 1]! - mu;
          const d2 = x[i + 2]! - mu;
          const d3 = x[i + 3]! - mu;
          s0 -= d0 * d0 * h;
          s1 -= d1 * d1 * h;
          s2 -= d2 * d2 * h;
          s3 -= d3 * d3 * h;
          if (s0 < f0 && s1 < f1 && s2 < f2 && s3 < f3) break;
        }
        if (s0 < f0 && s1 < f1 && s2 < f2 && s3 < f3) break;
        if (!known) {
          constant = work(slot);
          known = true;
          continue;
        }
        kept[left] = j;
        const at = 4 * left++;
        sums[at] = s0;
        sums[at + 1] = s1;
        sums[at + 2] = s2;
        sums[at + 3] = s3;
        break;
      }
    }
    return left;
  }
}
