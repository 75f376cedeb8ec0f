/**
 * Columns with cells (integers, steps, ordinals): the mass of the truncated normal over a cell. The normal distribution function costs about
 * 100 ns a kernel and point, so masses are looked up where they repeat.
 */
import { log } from "../../math/elementary.ts";
import { logDiffCdf } from "../../math/normal.ts";
import { LOG_SQRT_2PI, logMassInside } from "./kernel.ts";
import { grown, LANES, type LoneColumn, type ParzenColumn } from "./column.ts";
import { NumericColumn } from "./numeric-column.ts";
import { CODES } from "./spacing.ts";

/** Most cells of a column whose masses are tabled, of equal and of unequal width. */
const EQUAL_LEVELS = 4096;
const UNEQUAL_LEVELS = 1024;
/** Numbers in a table before it is thrown away. */
const TABLE_SIZE = 1 << 20;

export function cellColumn(column: ParzenColumn): LoneColumn {
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

const LARGEST = -logMassInside(0, 1);

/** Keeps 1 / sigma by code. The mass inside [0,1] is the constant. */
abstract class CellColumn extends NumericColumn implements LoneColumn {
  protected readonly inverses = new Float64Array(CODES);

  protected reshaped(code: number, exact: number): void {
    this.inverses[code] = 1 / exact;
    this.sigmas[code] = 1 / this.inverses[code]!;
  }

  abstract accumulate(
    x: Float64Array,
    slots: Int32Array,
    count: number,
    sums: Float64Array,
    floors: Float64Array,
  ): void;

  constant(slot: number): number {
    return -logMassInside(this.mean(slot), this.sigmas[this.code(slot)]!);
  }

  /** Of the widest kernel on a bound. */
  get largestConstant(): number {
    return LARGEST;
  }

  logPrior(x: number): number {
    const [low, high] = this.column.cell(x);
    return logCellMass(low, high, this.priorMean, 1 / this.priorSd) - this.logPriorInside;
  }
}

/** Rows of log masses, one for each kernel shape, filled in as points ask for it. */
class MassTable {
  masses = new Float64Array(0);
  readonly #levels: number;
  #rows = 0;

  constructor(levels: number) {
    this.#levels = levels;
  }

  get full(): boolean {
    return this.#rows * this.#levels >= TABLE_SIZE;
  }

  clear(): void {
    this.#rows = 0;
  }

  /** Where a new row starts; its masses are NaN. */
  add(): number {
    const start = this.#rows++ * this.#levels;
    const end = start + this.#levels;
    if (end > this.masses.length) this.masses = grown(this.masses, Math.ceil(1.5 * end));
    this.masses.fill(NaN, start, end);
    return start;
  }
}

/** Cells of one width: a log mass depends on the bandwidth and on how many cells lie between the kernel and the point. */
class EqualCellColumn extends CellColumn {
  readonly #table: MassTable;
  readonly #startBySigma = new Map<number, number>();
  /** Start in the table by code, -1 while unknown. */
  readonly #starts = new Int32Array(CODES).fill(-1);
  /** Cell of the mean, by slot. */
  #level = new Uint16Array(0);

  constructor(column: ParzenColumn) {
    super(column);
    this.#table = new MassTable(column.levels);
  }

  override reserve(capacity: number): void {
    super.reserve(capacity);
    if (capacity > this.#level.length) this.#level = grown(this.#level, capacity);
  }

  override insert(slot: number, value: number, ids: Int32Array): void {
    super.insert(slot, value, ids);
    this.#level[slot] = this.#levelOf(this.mean(slot));
  }

  override fill(x: ArrayLike<number>, width: number, ids: Int32Array, count: number): void {
    super.fill(x, width, ids, count);
    for (let slot = 0; slot < count; slot++) this.#level[slot] = this.#levelOf(this.mean(slot));
  }

  protected override reshaped(code: number, exact: number): void {
    super.reshaped(code, exact);
    this.#starts[code] = -1;
  }

  override refit(changed: (slot: number) => void): boolean {
    if (this.#table.full) this.#forget();
    return super.refit(changed);
  }

  accumulate(x: Float64Array, slots: Int32Array, count: number, sums: Float64Array): void {
    const { codes } = this.rows;
    const starts = this.#starts;
    const level = this.#level;
    const l0 = this.#levelOf(x[0]!);
    const l1 = this.#levelOf(x[1]!);
    const l2 = this.#levelOf(x[2]!);
    const l3 = this.#levelOf(x[3]!);
    let { masses } = this.#table;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const code = codes[slot]!;
      let start = starts[code]!;
      if (start < 0) {
        start = this.#startOf(code);
        ({ masses } = this.#table);
      }
      const own = level[slot]!;
      let m0 = masses[start + Math.abs(l0 - own)]!;
      let m1 = masses[start + Math.abs(l1 - own)]!;
      let m2 = masses[start + Math.abs(l2 - own)]!;
      let m3 = masses[start + Math.abs(l3 - own)]!;
      if (Number.isNaN(m0 + m1 + m2 + m3)) {
        const inverse = this.inverses[code]!;
        m0 = this.#mass(start, Math.abs(l0 - own), inverse);
        m1 = this.#mass(start, Math.abs(l1 - own), inverse);
        m2 = this.#mass(start, Math.abs(l2 - own), inverse);
        m3 = this.#mass(start, Math.abs(l3 - own), inverse);
      }
      sums[4 * k]! += m0;
      sums[4 * k + 1]! += m1;
      sums[4 * k + 2]! += m2;
      sums[4 * k + 3]! += m3;
    }
  }

  #forget(): void {
    this.#table.clear();
    this.#startBySigma.clear();
    this.#starts.fill(-1);
  }

  #startOf(code: number): number {
    const inverse = this.inverses[code]!;
    let start = this.#startBySigma.get(inverse);
    if (start === undefined) this.#startBySigma.set(inverse, (start = this.#table.add()));
    return (this.#starts[code] = start);
  }

  #levelOf(u: number): number {
    return Math.min(this.column.levels - 1, Math.floor(u * this.column.levels));
  }

  #mass(start: number, distance: number, inverse: number): number {
    const { levels } = this.column;
    return (this.#table.masses[start + distance] = logCellMass(
      (distance - 0.5) / levels,
      (distance + 0.5) / levels,
      0,
      inverse,
    ));
  }
}

/** Cells of several widths: a log mass depends on the kernel's mean and bandwidth and on the cell. */
class UnequalCellColumn extends CellColumn {
  readonly #table: MassTable;
  /** Start in the table by mean and 1 / sigma. */
  readonly #startByShape = new Map<number, Map<number, number>>();
  /** Start by slot and the 1 / sigma that it is for; 0 while unknown. */
  #starts = new Int32Array(0);
  #startsFor = new Float64Array(0);
  /** Levels by encoded value (rounded: an encoded value may differ in its last bits), and their cells. */
  readonly #levels = new Map<number, number>();
  readonly #cells: (readonly [number, number])[] = [];

  constructor(column: ParzenColumn) {
    super(column);
    this.#table = new MassTable(column.levels);
  }

  override reserve(capacity: number): void {
    super.reserve(capacity);
    if (capacity <= this.#starts.length) return;
    this.#starts = grown(this.#starts, capacity);
    this.#startsFor = grown(this.#startsFor, capacity);
  }

  override insert(slot: number, value: number, ids: Int32Array): void {
    super.insert(slot, value, ids);
    this.#startsFor[slot] = 0;
  }

  override fill(x: ArrayLike<number>, width: number, ids: Int32Array, count: number): void {
    super.fill(x, width, ids, count);
    this.#startsFor.fill(0);
  }

  override refit(changed: (slot: number) => void): boolean {
    if (this.#table.full) this.#forget();
    return super.refit(changed);
  }

  accumulate(x: Float64Array, slots: Int32Array, count: number, sums: Float64Array): void {
    const { codes } = this.rows;
    const { inverses } = this;
    const starts = this.#starts;
    const startsFor = this.#startsFor;
    const l0 = this.#levelOf(x[0]!);
    const l1 = this.#levelOf(x[1]!);
    const l2 = this.#levelOf(x[2]!);
    const l3 = this.#levelOf(x[3]!);
    let { masses } = this.#table;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const inverse = inverses[codes[slot]!]!;
      if (startsFor[slot] !== inverse) {
        starts[slot] = this.#startOf(this.mean(slot), inverse);
        startsFor[slot] = inverse;
        ({ masses } = this.#table);
      }
      const start = starts[slot]!;
      let m0 = masses[start + l0]!;
      let m1 = masses[start + l1]!;
      let m2 = masses[start + l2]!;
      let m3 = masses[start + l3]!;
      if (Number.isNaN(m0 + m1 + m2 + m3)) {
        const mu = this.mean(slot);
        m0 = this.#mass(start, l0, mu, inverse);
        m1 = this.#mass(start, l1, mu, inverse);
        m2 = this.#mass(start, l2, mu, inverse);
        m3 = this.#mass(start, l3, mu, inverse);
      }
      sums[4 * k]! += m0;
      sums[4 * k + 1]! += m1;
      sums[4 * k + 2]! += m2;
      sums[4 * k + 3]! += m3;
    }
  }

  #forget(): void {
    this.#table.clear();
    this.#startByShape.clear();
    this.#startsFor.fill(0);
  }

  #startOf(mu: number, inverse: number): number {
    let byInverse = this.#startByShape.get(mu);
    if (byInverse === undefined) this.#startByShape.set(mu, (byInverse = new Map<number, number>()));
    let start = byInverse.get(inverse);
    if (start === undefined) byInverse.set(inverse, (start = this.#table.add()));
    return start;
  }

  #mass(start: number, level: number, mu: number, inverse: number): number {
    const [low, high] = this.#cells[level]!;
    return (this.#table.masses[start + level] = logCellMass(low, high, mu, inverse));
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
  accumulate(x: Float64Array, slots: Int32Array, count: number, sums: Float64Array, floors: Float64Array): void {
    const { means, codes } = this.rows;
    const { inverses } = this;
    for (let lane = 0; lane < LANES; lane++) {
      const [low, high] = this.column.cell(x[lane]!);
      const middle = 0.5 * (low + high);
      const width = high - low;
      const logWidth = log(width) - LOG_SQRT_2PI;
      const floor = floors[lane]!;
      for (let k = 0; k < count; k++) {
        const slot = slots[k]!;
        const mu = means[slot]!;
        const inverse = inverses[codes[slot]!]!;
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
          sums[LANES * k + lane] = sum - 0.5 * m2 + logWidth + log(inverse) + s * (1 - s * (0.5 - s / 3));
        } else sums[LANES * k + lane] = sum + logCellMass(low, high, mu, inverse);
      }
    }
  }
}
