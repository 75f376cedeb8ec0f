/**
 * Columns with cells (integers, steps, ordinals): the mass of the truncated normal over a cell. The normal distribution function costs about
 * 100 ns a kernel and point, so masses are looked up where they repeat.
 */
import { logDiffCdf } from "../../math/normal.ts";
import { LOG_SQRT_2PI, logMassInside } from "./kernel.ts";
import { grownFloats, grownInts, LANES, type ParzenColumn, Rows } from "./column.ts";
import { NumericColumn } from "./numeric-column.ts";

/** Most cells of a column whose masses are tabled, of equal and of unequal width. */
const EQUAL_LEVELS = 4096;
const UNEQUAL_LEVELS = 1024;
/** Numbers in a table before it is thrown away. */
const TABLE_SIZE = 1 << 20;

export function cellColumn(column: ParzenColumn): NumericColumn {
  if (column.levels <= EQUAL_LEVELS && hasEqualCells(column)) return new EqualCellColumn(column);
  return column.levels <= UNEQUAL_LEVELS ? new UnequalCellColumn(column) : new ManyCellColumn(column);
}

/** True on linear scales. Every other scale is curved, so four cells tell. */
function hasEqualCells({ levels, cell }: ParzenColumn): boolean {
  return [0, 1, levels >> 1, levels - 1].every(k => {
    const [low, high] = cell((k + 0.5) / levels);
    return Math.abs(low * levels - k) < 1e-6 && Math.abs(high * levels - k - 1) < 1e-6;
  });
}

/** log mass of Normal(mu, 1 / inverse) over [low, high]. */
function logCellMass(low: number, high: number, mu: number, inverse: number): number {
  return logDiffCdf((low - mu) * inverse, (high - mu) * inverse);
}

/** Stores 1 / sigma. The mass inside [0,1] is the constant. */
abstract class CellColumn extends NumericColumn {
  protected stored(sigma: number): number {
    return 1 / sigma;
  }

  protected sigma(stored: number): number {
    return 1 / stored;
  }

  constant(slot: number): number {
    return -logMassInside(this.mean(slot), this.sigma(this.width(slot)));
  }

  logPrior(x: number): number {
    const [low, high] = this.column.cell(x);
    return logCellMass(low, high, this.priorMean, 1 / this.priorSd) - this.logPriorInside;
  }
}

/** Tables of log masses: one row for each kernel shape, filled in as points ask for it. */
abstract class TableColumn extends CellColumn {
  /** Row of the table, by slot. */
  protected row = new Int32Array(0);
  protected table = new Float64Array(0);
  protected rowCount = 0;

  override reserve(capacity: number): void {
    super.reserve(capacity);
    this.row = grownInts(this.row, capacity);
  }

  protected override stale(): boolean {
    if (this.rowCount * this.column.levels < TABLE_SIZE) return false;
    this.rowCount = 0;
    this.forget();
    return true;
  }

  /** Forgets which rows there are. */
  protected abstract forget(): void;

  protected newRow(): number {
    const start = this.rowCount * this.column.levels;
    const end = start + this.column.levels;
    if (end > this.table.length) this.table = grownFloats(this.table, Math.ceil(1.5 * end));
    this.table.fill(NaN, start, end);
    return this.rowCount++;
  }
}

/** Cells of one width: a log mass depends on the bandwidth and on how many cells lie between the kernel and the point. */
class EqualCellColumn extends TableColumn {
  readonly #bySigma = new Map<number, number>();
  /** Bandwidths by row. */
  #inverses: number[] = [];
  /** Cell of the mean, by slot. */
  #level = new Int32Array(0);

  override reserve(capacity: number): void {
    super.reserve(capacity);
    this.#level = grownInts(this.#level, capacity);
  }

  protected forget(): void {
    this.#bySigma.clear();
    this.#inverses = [];
  }

  protected override shaped(slot: number, mu: number, sigma: number): void {
    let row = this.#bySigma.get(sigma);
    if (row === undefined) {
      row = this.newRow();
      this.#bySigma.set(sigma, row);
      this.#inverses[row] = 1 / sigma;
    }
    this.row[slot] = row;
    this.#level[slot] = this.#levelOf(mu);
  }

  accumulate(x: Float64Array, slots: Int32Array, from: number, count: number, sums: Float64Array): void {
    const { levels } = this.column;
    const { row, table } = this;
    const level = this.#level;
    const l0 = this.#levelOf(x[0]!);
    const l1 = this.#levelOf(x[1]!);
    const l2 = this.#levelOf(x[2]!);
    const l3 = this.#levelOf(x[3]!);
    for (let k = 0; k < count; k++) {
      const slot = slots[from + k]!;
      const start = row[slot]! * levels;
      const own = level[slot]!;
      let m0 = table[start + Math.abs(l0 - own)]!;
      let m1 = table[start + Math.abs(l1 - own)]!;
      let m2 = table[start + Math.abs(l2 - own)]!;
      let m3 = table[start + Math.abs(l3 - own)]!;
      if (Number.isNaN(m0 + m1 + m2 + m3)) {
        for (const l of [l0, l1, l2, l3]) this.#fill(row[slot]!, Math.abs(l - own));
        m0 = table[start + Math.abs(l0 - own)]!;
        m1 = table[start + Math.abs(l1 - own)]!;
        m2 = table[start + Math.abs(l2 - own)]!;
        m3 = table[start + Math.abs(l3 - own)]!;
      }
      sums[4 * k]! += m0;
      sums[4 * k + 1]! += m1;
      sums[4 * k + 2]! += m2;
      sums[4 * k + 3]! += m3;
    }
  }

  #levelOf(u: number): number {
    return Math.min(this.column.levels - 1, Math.floor(u * this.column.levels));
  }

  #fill(row: number, distance: number): void {
    const { levels } = this.column;
    const inverse = this.#inverses[row]!;
    this.table[row * levels + distance] = logCellMass((distance - 0.5) / levels, (distance + 0.5) / levels, 0, inverse);
  }
}

/** Cells of several widths: a log mass depends on the kernel's mean and bandwidth and on the cell. */
class UnequalCellColumn extends TableColumn {
  readonly #byShape = new Map<number, Map<number, number>>();
  #means: number[] = [];
  #inverses: number[] = [];
  /** Levels by encoded value (rounded: an encoded value may differ in its last bits), and their cells. */
  readonly #levels = new Map<number, number>();
  readonly #cells: (readonly [number, number])[] = [];

  protected forget(): void {
    this.#byShape.clear();
    this.#means = [];
    this.#inverses = [];
  }

  protected override shaped(slot: number, mu: number, sigma: number): void {
    let bySigma = this.#byShape.get(mu);
    if (bySigma === undefined) this.#byShape.set(mu, (bySigma = new Map<number, number>()));
    let row = bySigma.get(sigma);
    if (row === undefined) {
      row = this.newRow();
      bySigma.set(sigma, row);
      this.#means[row] = mu;
      this.#inverses[row] = 1 / sigma;
    }
    this.row[slot] = row;
  }

  accumulate(x: Float64Array, slots: Int32Array, from: number, count: number, sums: Float64Array): void {
    const { levels } = this.column;
    const { row, table } = this;
    const l0 = this.#levelOf(x[0]!);
    const l1 = this.#levelOf(x[1]!);
    const l2 = this.#levelOf(x[2]!);
    const l3 = this.#levelOf(x[3]!);
    for (let k = 0; k < count; k++) {
      const own = row[slots[from + k]!]!;
      const start = own * levels;
      let m0 = table[start + l0]!;
      let m1 = table[start + l1]!;
      let m2 = table[start + l2]!;
      let m3 = table[start + l3]!;
      if (Number.isNaN(m0 + m1 + m2 + m3)) {
        for (const l of [l0, l1, l2, l3]) this.#fill(own, l);
        m0 = table[start + l0]!;
        m1 = table[start + l1]!;
        m2 = table[start + l2]!;
        m3 = table[start + l3]!;
      }
      sums[4 * k]! += m0;
      sums[4 * k + 1]! += m1;
      sums[4 * k + 2]! += m2;
      sums[4 * k + 3]! += m3;
    }
  }

  #fill(row: number, level: number): void {
    const [low, high] = this.#cells[level]!;
    const mass = logCellMass(low, high, this.#means[row]!, this.#inverses[row]!);
    this.table[row * this.column.levels + level] = mass;
  }

  #levelOf(u: number): number {
    const key = Math.round(u * 1_073_741_824);
    let level = this.#levels.get(key);
    if (level === undefined) {
      level = this.#cells.length;
      this.#levels.set(key, level);
      this.#cells.push(this.column.cell(u));
    }
    return level;
  }
}

/** Too many cells for a table, so they are narrow: a series about the middle, and the exact mass where that is not good enough. */
class ManyCellColumn extends CellColumn {
  constructor(column: ParzenColumn) {
    super(column, new Rows(2), 0);
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
      const middle = 0.5 * (low + high);
      const width = high - low;
      const logWidth = Math.log(width) - LOG_SQRT_2PI;
      const floor = floors[lane]!;
      for (let k = 0; k < count; k++) {
        const place = 2 * slots[from + k]!;
        const mu = data[place]!;
        const inverse = data[place + 1]!;
        const sum = sums[LANES * k + lane]!;
        // The mass beyond z standard deviations is below exp(-z^2 / 2): far kernels are out without a look at the normal distribution.
        const z = Math.max(0, low - mu, mu - high) * inverse;
        if (sum - 0.5 * z * z < floor) {
          sums[LANES * k + lane] = -Infinity;
          continue;
        }
        const m = (middle - mu) * inverse;
        const h = width * inverse;
        if (h * (1 + Math.abs(m)) < 0.5) {
          // log of the mean of phi over the cell, by Taylor about m: the first terms left out are below 1e-8.
          const m2 = m * m;
          const h2 = h * h;
          const s = (h2 * (m2 - 1)) / 24 + (h2 * h2 * ((m2 - 6) * m2 + 3)) / 1920;
          sums[LANES * k + lane] = sum - 0.5 * m2 + logWidth + Math.log(inverse) + s * (1 - s * (0.5 - s / 3));
        } else sums[LANES * k + lane] = sum + logCellMass(low, high, mu, inverse);
      }
    }
  }
}
