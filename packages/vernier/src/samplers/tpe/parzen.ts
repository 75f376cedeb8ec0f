/**
 * The Parzen estimator: a mixture of product kernels, one for each observation, and the prior kernel last.
 * Bergstra et al. 2011, "Algorithms for hyper-parameter optimization", section 4; joint form of Falkner et al. 2018.
 *
 *   p(x) = sum_k w_k prod_d kernel_kd(x_d) / sum_k w_k
 *
 * Observations come and go one at a time, and only the kernels whose neighbours changed are worked out anew; what it answers is a function of
 * the set of observations alone, to the last bit. It knows nothing of studies: an observation is an id (they set the order) and a row of numbers.
 */
import { exp, log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { CategoryColumn } from "./category-column.ts";
import { cellColumn } from "./cell-column.ts";
import { grown, type KernelColumn, LANES, type LoneColumn, type ParzenColumn } from "./column.ts";
import { ContinuousBlock } from "./continuous-column.ts";
import { GaussSums } from "./gauss-sums.ts";
import { LogSums } from "./log-sum.ts";

/** Kernels evaluated before the next four points: their numbers stay in the fast cache. */
const CHUNK = 512;
/** From this many observations on a single continuous column is summed by bins. */
const MANY = 32;
/** Sums by bins have an absolute error: below this they are not precise enough. */
const PRECISE = 1e-3;
/** More than what rounding takes from a bound. */
const SLACK = 1e-6;

export interface ParzenOptions {
  /** Weight of the prior kernel beside observations of weight 1, and of the prior in categorical rows. Default 1. */
  readonly priorWeight?: number;
  /** Weight of the j-th of n observations in the order of their ids. Default 1. */
  readonly weight?: (j: number, n: number) => number;
}

export class Parzen {
  /** In the order rows are drawn. */
  readonly #columns: readonly KernelColumn[];
  /** Points are evaluated on the continuous columns in one loop, then on the others, the costly ones last. */
  readonly #block: ContinuousBlock;
  readonly #others: readonly LoneColumn[];
  readonly #priorWeight: number;
  readonly #weight: ((j: number, n: number) => number) | undefined;
  /** Slots in the order of their ids. */
  #members = new Int32Array(0);
  #size = 0;
  #ids = new Int32Array(0);
  #free: number[] = [];
  #used = 0;
  /** Per slot: sum of the columns' constants, NaN while nobody needed it. No sum is above `#largest`. */
  #sum = new Float64Array(0);
  #largest = 0;
  /** Per member. */
  #weights = new Float64Array(0);
  #logTotal = 0;
  #cumulative: Float64Array | undefined;
  #fitted = false;
  /** With a single column, a continuous one. */
  readonly #gauss: GaussSums | undefined;
  #summed = false;

  constructor(columns: readonly ParzenColumn[], options: ParzenOptions = {}) {
    this.#priorWeight = options.priorWeight ?? 1;
    this.#weight = options.weight;
    this.#block = new ContinuousBlock(columns.filter(isContinuous));
    this.#gauss = columns.length === 1 && columns.every(isContinuous) ? new GaussSums(this.#block.rows) : undefined;
    const blocked = this.#block.columns.values();
    const others: { readonly column: LoneColumn; readonly levels: number }[] = [];
    this.#columns = columns.map(column => {
      if (isContinuous(column)) return blocked.next().value!;
      const alone: LoneColumn =
        column.kind === "category" ? new CategoryColumn(column, this.#priorWeight) : cellColumn(column);
      others.push({ column: alone, levels: column.levels });
      return alone;
    });
    // Columns with very many cells look at what is still in the race: they come last.
    this.#others = others.toSorted((a, b) => a.levels - b.levels).map(({ column }) => column);
  }

  /** Number of observations. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all observations. */
  clear(): void {
    this.#size = 0;
    this.#used = 0;
    this.#free = [];
    for (const column of this.#columns) column.clear();
    this.#fitted = false;
  }

  /** Makes room for `capacity` observations. */
  reserve(capacity: number): void {
    if (capacity <= this.#ids.length) return;
    this.#ids = grown(this.#ids, capacity);
    this.#members = grown(this.#members, capacity);
    this.#sum = grown(this.#sum, capacity);
    for (const column of this.#columns) column.reserve(capacity);
  }

  has(id: number): boolean {
    const at = this.#find(id);
    return at < this.#size && this.#ids[this.#members[at]!] === id;
  }

  /** Adds an observation: column c reads row[offset + c.index]. Does nothing when the id is there already. */
  add(id: number, row: ArrayLike<number>, offset = 0): void {
    const at = this.#find(id);
    if (at < this.#size && this.#ids[this.#members[at]!] === id) return;
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#ids.length) this.reserve(Math.max(32, Math.ceil(1.5 * this.#ids.length)));
    if (at < this.#size) this.#members.copyWithin(at + 1, at, this.#size);
    this.#members[at] = slot;
    this.#size++;
    this.#ids[slot] = id;
    this.#sum[slot] = NaN;
    for (const column of this.#columns) column.insert(slot, row[offset + column.index]!, this.#ids);
    this.#fitted = false;
  }

  /** Replaces all observations by count of them: ids[i], which ascend, has the row x[ids[i] * width + c.index]. */
  fill(ids: Int32Array, count: number, x: ArrayLike<number>, width: number): void {
    this.clear();
    if (count > this.#ids.length) this.reserve(Math.ceil(1.05 * count) + 16);
    this.#size = count;
    this.#used = count;
    for (let i = 0; i < count; i++) {
      this.#ids[i] = ids[i]!;
      this.#members[i] = i;
    }
    this.#sum.fill(NaN, 0, count);
    for (const column of this.#columns) column.fill(x, width, this.#ids, count);
  }

  /** Removes an observation; does nothing when it is not there. */
  remove(id: number): void {
    const at = this.#find(id);
    const slot = this.#members[at];
    if (at >= this.#size || slot === undefined || this.#ids[slot] !== id) return;
    this.#members.copyWithin(at, at + 1, this.#size);
    this.#size--;
    for (const column of this.#columns) column.remove(slot, this.#ids, this.#members, this.#size);
    this.#free.push(slot);
    this.#fitted = false;
  }

  /** Log density of the point x[offset + column.index]; for columns with cells, the log mass of the cell. */
  logPdf(x: ArrayLike<number>, offset = 0): number {
    return this.logPdfs(x, 1, 0, offset)[0]!;
  }

  /** Log densities of `count` points, the i-th at x[offset + i * stride + column.index]. */
  logPdfs(x: ArrayLike<number>, count: number, stride: number, offset = 0): Float64Array {
    this.#fit();
    if (this.#gauss !== undefined && this.#size >= MANY)
      return this.#logPdfsByBins(this.#gauss, x, count, stride, offset);
    return this.#logPdfsByKernels(x, count, stride, offset);
  }

  #logPdfsByBins(gauss: GaussSums, x: ArrayLike<number>, count: number, stride: number, offset: number): Float64Array {
    const column = this.#block.columns[0]!;
    if (!this.#summed) {
      gauss.build(this.#members, this.#weights, this.#size, column.sigmas, this.#sum, this.#work);
      this.#summed = true;
    }
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const at = offset + i * stride;
      const u = x[at + column.index]!;
      const sum = this.#priorWeight * exp(column.logPrior(u)) + gauss.at(u);
      out[i] = sum > PRECISE ? log(sum) - this.#logTotal : this.#logPdfsByKernels(x, 1, 0, at)[0]!;
    }
    return out;
  }

  #logPdfsByKernels(x: ArrayLike<number>, count: number, stride: number, offset: number): Float64Array {
    const out = new Float64Array(count);
    const blocks = Array.from({ length: Math.ceil(count / LANES) }, (_, b) =>
      // A block that is not full repeats the last point.
      Array.from({ length: LANES }, (_, lane) => offset + Math.min(count - 1, b * LANES + lane) * stride),
    );
    const sums = blocks.map(places => this.#startSums(x, places));
    for (let from = 0; from < this.#size; from += CHUNK) {
      const length = Math.min(CHUNK, this.#size - from);
      for (const [b, places] of blocks.entries()) this.#addChunk(x, places, from, length, sums[b]!);
    }
    for (let i = 0; i < count; i++) out[i] = sums[Math.floor(i / LANES)]!.log(i % LANES) - this.#logTotal;
    return out;
  }

  #startSums(x: ArrayLike<number>, places: readonly number[]): LogSums {
    const sums = new LogSums();
    for (const [lane, place] of places.entries()) {
      let prior = log(this.#priorWeight);
      for (const column of this.#columns) prior += column.logPrior(x[place + column.index]!);
      sums.start(lane, prior);
    }
    return sums;
  }

  /** Adds the kernels of members from..from+length-1. */
  #addChunk(x: ArrayLike<number>, places: readonly number[], from: number, length: number, sums: LogSums): void {
    for (let lane = 0; lane < LANES; lane++) this.#block.load(lane, x, places[lane]!);
    const count = this.#block.evaluate(
      this.#members,
      from,
      length,
      this.#sum,
      this.#largest,
      this.#work,
      sums.floors,
      kept,
      chunkLogs,
    );
    for (let k = 0; k < count; k++) {
      const j = kept[k]!;
      keptWeights[k] = this.#weights[j]!;
      kept[k] = this.#members[j]!;
    }
    for (const column of this.#others) {
      for (let lane = 0; lane < LANES; lane++) lanes[lane] = x[places[lane]! + column.index]!;
      column.accumulate(lanes, kept, count, chunkLogs, sums.floors);
    }
    sums.add(chunkLogs, keptWeights, count);
  }

  /** Writes one draw to out[offset + column.index]. Takes 1 + (number of columns) uniforms. */
  draw(rng: Rng, out: Float64Array, offset = 0): void {
    this.#fit();
    const slot = this.#pick(rng.next());
    for (const column of this.#columns) out[offset + column.index] = column.draw(slot, rng.next());
  }

  /** First position whose id is not below the given one. */
  #find(id: number): number {
    let low = 0;
    let high = this.#size;
    // Trials mostly come in order: look at the end first.
    if (high > 0 && this.#ids[this.#members[high - 1]!]! < id) return high;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (this.#ids[this.#members[mid]!]! < id) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The slot of a component drawn by its weight, -1 for the prior. */
  #pick(u: number): number {
    const n = this.#size;
    if (this.#cumulative === undefined) {
      const cumulative = new Float64Array(n);
      let sum = 0;
      for (let j = 0; j < n; j++) cumulative[j] = sum += this.#weights[j]!;
      this.#cumulative = cumulative;
    }
    const cumulative = this.#cumulative;
    const at = u * ((cumulative[n - 1] ?? 0) + this.#priorWeight);
    let low = 0;
    let high = n;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (cumulative[mid]! <= at) low = mid + 1;
      else high = mid;
    }
    return low < n ? this.#members[low]! : -1;
  }

  readonly #work = (slot: number): number => {
    let sum = 0;
    for (const column of this.#columns) sum += column.constant(slot);
    this.#gauss?.forget(slot);
    return (this.#sum[slot] = sum);
  };

  #weightOf(j: number): number {
    return this.#weight === undefined ? 1 : this.#weight(j, this.#size);
  }

  #fit(): void {
    if (this.#fitted) return;
    const n = this.#size;
    const sum = this.#sum;
    const changed = (slot: number): void => {
      sum[slot] = NaN;
    };
    let everything = false;
    for (const column of this.#columns) everything = column.refit(changed) || everything;
    if (everything) sum.fill(NaN);
    this.#largest = SLACK;
    for (const column of this.#columns) this.#largest += column.largestConstant;
    if (this.#weights.length < n) this.#weights = new Float64Array(this.#ids.length);
    let total = 0;
    for (let j = 0; j < n; j++) total += this.#weights[j] = this.#weightOf(j);
    this.#logTotal = log(total + this.#priorWeight);
    this.#cumulative = undefined;
    this.#summed = false;
    this.#fitted = true;
  }
}

function isContinuous(column: ParzenColumn): boolean {
  return column.kind === "numeric" && column.levels === 0;
}

/** Scratch of #addChunk, shared: nothing here is reentrant. */
const chunkLogs = new Float64Array(LANES * CHUNK);
const kept = new Int32Array(CHUNK);
const keptWeights = new Float64Array(CHUNK);
const lanes = new Float64Array(LANES);
