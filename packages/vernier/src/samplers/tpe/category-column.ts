/**
 * Categorical kernels: the row of an observation has priorWeight / (n + 1) on every choice and 1 more on the observed one, divided by its
 * sum. Every row has the same two values, so a kernel is its code.
 */
import { log } from "../../math/elementary.ts";
import { grown, LANES, type LoneColumn, type ParzenColumn } from "./column.ts";

export class CategoryColumn implements LoneColumn {
  readonly index: number;
  readonly largestConstant = 0;
  readonly #levels: number;
  readonly #priorWeight: number;
  readonly #weights: readonly number[] | undefined;
  #codes = new Float64Array(0);
  #count = 0;
  #base = 0;
  #logMatch = 0;
  #logMiss = 0;

  constructor(column: ParzenColumn, priorWeight: number) {
    this.index = column.index;
    this.#levels = column.levels;
    this.#priorWeight = priorWeight;
    this.#weights = column.prior !== undefined && "weights" in column.prior ? column.prior.weights : undefined;
  }

  reserve(capacity: number): void {
    this.#codes = grown(this.#codes, capacity);
  }

  clear(): void {
    this.#count = 0;
  }

  insert(slot: number, value: number): void {
    this.#codes[slot] = value;
    this.#count++;
  }

  fill(x: ArrayLike<number>, width: number, ids: Int32Array, count: number): void {
    for (let slot = 0; slot < count; slot++) this.#codes[slot] = x[ids[slot]! * width + this.index]!;
    this.#count = count;
  }

  remove(): void {
    this.#count--;
  }

  /** The constants are all 0: nothing changes. */
  refit(): boolean {
    this.#base = this.#priorWeight / (this.#count + 1);
    const sum = 1 + this.#base * this.#levels;
    this.#logMatch = log((1 + this.#base) / sum);
    this.#logMiss = log(this.#base / sum);
    return false;
  }

  constant(): number {
    return 0;
  }

  accumulate(x: Float64Array, slots: Int32Array, count: number, sums: Float64Array): void {
    const codes = this.#codes;
    const match = this.#logMatch;
    const miss = this.#logMiss;
    const x0 = x[0]!;
    const x1 = x[1]!;
    const x2 = x[2]!;
    const x3 = x[3]!;
    for (let k = 0; k < count; k++) {
      const code = codes[slots[k]!]!;
      sums[LANES * k]! += code === x0 ? match : miss;
      sums[LANES * k + 1]! += code === x1 ? match : miss;
      sums[LANES * k + 2]! += code === x2 ? match : miss;
      sums[LANES * k + 3]! += code === x3 ? match : miss;
    }
  }

  logPrior(x: number): number {
    return this.#weights === undefined ? -log(this.#levels) : log(this.#weights[x] ?? 0);
  }

  draw(slot: number, u: number): number {
    const levels = this.#levels;
    if (slot < 0) {
      if (this.#weights === undefined) return Math.min(levels - 1, Math.floor(u * levels));
      return drawWeighted(this.#weights, u);
    }
    // The row in two parts: the 1 on the observed choice first, then the base shared by all.
    const v = u * (1 + this.#base * levels);
    return v < 1 ? this.#codes[slot]! : Math.min(levels - 1, Math.floor((v - 1) / this.#base));
  }
}

/** The index whose share of the normalised weights holds u. */
function drawWeighted(weights: readonly number[], u: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) last = i;
    sum += weight;
    if (u < sum) return i;
  }
  return last;
}
