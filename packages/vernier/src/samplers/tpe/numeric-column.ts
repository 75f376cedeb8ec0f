/**
 * Numeric kernels: a normal around each observation, truncated to [0,1]; for columns with cells its mass over the cell. The base class keeps the
 * means and bandwidths; subclasses evaluate. Most kernels have the smallest bandwidth, so bandwidths lie in a table by the kernels' codes.
 */
import type { KernelColumn, ParzenColumn } from "./column.ts";
import { logMassInside, smallestBandwidth, truncatedQuantile } from "./kernel.ts";
import { CODES, Rows, Spacing } from "./spacing.ts";

export abstract class NumericColumn implements KernelColumn {
  readonly index: number;
  protected readonly column: ParzenColumn;
  protected readonly rows: Rows;
  /** Place of the column in a row. */
  protected readonly at: number;
  protected readonly priorMean: number;
  protected readonly priorSd: number;
  protected readonly logPriorInside: number;
  /** Bandwidth by code, as the form in which the subclass stores it gives it back. */
  readonly sigmas = new Float64Array(CODES);
  readonly #exact = new Float64Array(CODES);
  readonly #spacing: Spacing;
  #floor = NaN;

  constructor(column: ParzenColumn, rows = new Rows(1), at = 0) {
    this.column = column;
    this.index = column.index;
    this.rows = rows;
    this.at = at;
    this.#spacing = new Spacing(rows, at);
    const prior = column.prior !== undefined && "mean" in column.prior ? column.prior : { mean: 0.5, sd: 1 };
    this.priorMean = prior.mean;
    this.priorSd = prior.sd;
    this.logPriorInside = logMassInside(prior.mean, prior.sd);
  }

  abstract constant(slot: number): number;
  abstract readonly largestConstant: number;
  abstract logPrior(x: number): number;

  /** The kernels of this code have another bandwidth from now on: sets sigmas[code] and what else depends on it. */
  protected abstract reshaped(code: number, sigma: number): void;

  protected mean(slot: number): number {
    return this.rows.means[slot * this.rows.stride + this.at]!;
  }

  protected code(slot: number): number {
    return this.rows.codes[slot * this.rows.stride + this.at]!;
  }

  reserve(capacity: number): void {
    this.rows.reserve(capacity);
  }

  clear(): void {
    this.#spacing.clear();
  }

  insert(slot: number, value: number, ids: Int32Array): void {
    const place = slot * this.rows.stride + this.at;
    this.rows.means[place] = value + 0; // -0 to 0
    this.rows.codes[place] = 0;
    this.#spacing.insert(slot, ids);
  }

  fill(x: ArrayLike<number>, width: number, ids: Int32Array, count: number): void {
    const { means, codes, stride } = this.rows;
    for (let slot = 0, place = this.at, from = this.index; slot < count; slot++, place += stride) {
      means[place] = x[ids[slot]! * width + from]! + 0; // -0 to 0
      codes[place] = 0;
    }
    this.#spacing.fill(count);
  }

  remove(slot: number, ids: Int32Array, slots: Int32Array, size: number): void {
    this.#spacing.remove(slot, ids, slots, size);
  }

  refit(changed: (slot: number) => void): boolean {
    const floor = smallestBandwidth(this.#spacing.size);
    const everything = floor !== this.#floor;
    if (everything) {
      this.#floor = floor;
      this.#set(0, floor);
    }
    this.#spacing.settle(everything, changed, (code, gap, slot) => {
      if (this.#set(code, Math.min(1, Math.max(floor, gap)))) changed(slot);
    });
    return everything;
  }

  draw(slot: number, u: number): number {
    const x =
      slot < 0
        ? truncatedQuantile(u, this.priorMean, this.priorSd)
        : truncatedQuantile(u, this.mean(slot), this.sigmas[this.code(slot)]!);
    return this.column.snap(x);
  }

  /** True when the code had another bandwidth. */
  #set(code: number, sigma: number): boolean {
    if (this.#exact[code] === sigma) return false;
    this.#exact[code] = sigma;
    this.reshaped(code, sigma);
    return true;
  }
}
