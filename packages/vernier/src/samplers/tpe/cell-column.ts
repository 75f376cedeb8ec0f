/** Columns with cells (integers, steps, ordinals): the mass of the truncated normal over a cell. */
import { logDiffCdf } from "../../math/normal.ts";
import { logMassInside } from "./kernel.ts";
import { grownFloats, grownInts, LANES } from "./column.ts";
import { NumericColumn } from "./numeric-column.ts";

/** Cells up to this many are for `TableColumn`, more for `CellColumn`. */
export const TABLE_LEVELS = 128;
/** Kernel shapes in a table before it is thrown away. */
const TABLE_ROWS = 4096;
/** log mass of Normal(mu, 1 / inverse) over [low, high]. */
function logCellMass(low: number, high: number, mu: number, inverse: number): number {
  return logDiffCdf((low - mu) * inverse, (high - mu) * inverse);
}

/** Stores 1 / sigma. */
abstract class CellKernels extends NumericColumn {
  protected stored(sigma: number): number {
    return 1 / sigma;
  }

  protected sigma(stored: number): number {
    return 1 / stored;
  }

  protected priorMass(low: number, high: number): number {
    return logCellMass(low, high, this.priorMean, 1 / this.priorSd) - this.logPriorInside;
  }
}

/** Few cells: kernels of one shape (mean and bandwidth) share a row of log masses, filled in as points ask for it. */
export class TableColumn extends CellKernels {
  /** Row of the table, by slot. */
  #row = new Int32Array(0);
  #table = new Float64Array(0);
  readonly #shapes = new Map<number, Map<number, number>>();
  #means: number[] = [];
  #sigmas: number[] = [];
  /** Levels by encoded value (rounded: an encoded value may differ in its last bits), and their cells. */
  readonly #levels = new Map<number, number>();
  readonly #cells: (readonly [number, number])[] = [];

  override reserve(capacity: number): void {
    super.reserve(capacity);
    this.#row = grownInts(this.#row, capacity);
  }

  constant(): number {
    return 0;
  }

  protected override stale(): boolean {
    if (this.#means.length < TABLE_ROWS) return false;
    this.#shapes.clear();
    this.#means = [];
    this.#sigmas = [];
    return true;
  }

  protected override shaped(slot: number, mu: number, sigma: number): void {
    let bySigma = this.#shapes.get(mu);
    if (bySigma === undefined) this.#shapes.set(mu, (bySigma = new Map<number, number>()));
    let row = bySigma.get(sigma);
    if (row === undefined) {
      row = this.#means.length;
      bySigma.set(sigma, row);
      this.#means.push(mu);
      this.#sigmas.push(sigma);
      const start = row * this.column.levels;
      const end = start + this.column.levels;
      if (end > this.#table.length) this.#table = grownFloats(this.#table, Math.ceil(1.5 * end));
      this.#table.fill(NaN, start, end);
    }
    this.#row[slot] = row;
  }

  accumulate(x: Float64Array, slots: Int32Array, from: number, count: number, sums: Float64Array): void {
    const { levels } = this.column;
    const rows = this.#row;
    const table = this.#table;
    for (let lane = 0; lane < LANES; lane++) {
      const level = this.#level(x[lane]!);
      for (let k = 0; k < count; k++) {
        const place = rows[slots[from + k]!]! * levels + level;
        let mass = table[place]!;
        if (Number.isNaN(mass)) mass = table[place] = this.#mass(rows[slots[from + k]!]!, level);
        sums[LANES * k + lane]! += mass;
      }
    }
  }

  logPrior(x: number): number {
    const [low, high] = this.#cells[this.#level(x)]!;
    return this.priorMass(low, high);
  }

  #mass(row: number, level: number): number {
    const mu = this.#means[row]!;
    const sigma = this.#sigmas[row]!;
    const [low, high] = this.#cells[level]!;
    return logCellMass(low, high, mu, 1 / sigma) - logMassInside(mu, sigma);
  }

  #level(x: number): number {
    const key = Math.round(x * 1_073_741_824);
    let level = this.#levels.get(key);
    if (level === undefined) {
      level = this.#cells.length;
      this.#levels.set(key, level);
      this.#cells.push(this.column.cell(x));
    }
    return level;
  }
}

/** Many cells: masses are worked out one by one, where they can count. */
export class CellColumn extends CellKernels {
  constant(slot: number): number {
    return -logMassInside(this.mean(slot), this.sigma(this.width(slot)));
  }

  accumulate(
    x: Float64Array,
    slots: Int32Array,
    from: number,
    count: number,
    sums: Float64Array,
    floors: Float64Array,
  ): void {
    const { data } = this.rows;
    for (let lane = 0; lane < LANES; lane++) {
      const [low, high] = this.column.cell(x[lane]!);
      const floor = floors[lane]!;
      for (let k = 0; k < count; k++) {
        const place = 2 * slots[from + k]!;
        const mu = data[place]!;
        const inverse = data[place + 1]!;
        const sum = sums[LANES * k + lane]!;
        // The mass beyond z standard deviations is below exp(-z^2 / 2): most kernels are out without a look at the normal distribution.
        const z = Math.max(0, low - mu, mu - high) * inverse;
        sums[LANES * k + lane] = sum - 0.5 * z * z < floor ? -Infinity : sum + logCellMass(low, high, mu, inverse);
      }
    }
  }

  logPrior(x: number): number {
    const [low, high] = this.column.cell(x);
    return this.priorMass(low, high);
  }
}
