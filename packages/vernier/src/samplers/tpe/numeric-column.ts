/**
 * Numeric kernels: a normal around each observation, truncated to [0,1]; for columns with cells its mass over the cell. The base class keeps the
 * bandwidths; subclasses evaluate. A slot's row holds the mean and beside it the width in the form that the subclass wants.
 */
import { bandwidth, logMassInside, smallestBandwidth, truncatedQuantile } from "./kernel.ts";
import { type KernelColumn, type ParzenColumn, Rows } from "./column.ts";
import { SortedSlots } from "./sorted.ts";

export abstract class NumericColumn implements KernelColumn {
  readonly index: number;
  protected readonly column: ParzenColumn;
  protected readonly rows: Rows;
  /** Place of the mean in a row; the width follows. */
  protected readonly at: number;
  protected readonly priorMean: number;
  protected readonly priorSd: number;
  protected readonly logPriorInside: number;
  readonly #sorted: SortedSlots;
  /** Slots whose neighbours changed. */
  readonly #touched: number[] = [];
  #floor = NaN;

  constructor(column: ParzenColumn, rows = new Rows(2), at = 0) {
    this.column = column;
    this.index = column.index;
    this.rows = rows;
    this.at = at;
    this.#sorted = new SortedSlots(rows, at);
    const prior = column.prior !== undefined && "mean" in column.prior ? column.prior : { mean: 0.5, sd: 1 };
    this.priorMean = prior.mean;
    this.priorSd = prior.sd;
    this.logPriorInside = logMassInside(prior.mean, prior.sd);
  }

  /** The width as stored; 0 is kept for "not fitted". */
  protected abstract stored(sigma: number): number;
  protected abstract sigma(stored: number): number;
  abstract constant(slot: number): number;
  abstract accumulate(
    x: Float64Array,
    slots: Int32Array,
    from: number,
    count: number,
    sums: Float64Array,
    floors: Float64Array,
  ): void;
  abstract logPrior(x: number): number;

  /** Called when the kernel of a slot has a new shape. */
  protected shaped(_slot: number, _mu: number, _sigma: number): void {}

  /** True when every kernel must be shaped again. */
  protected stale(): boolean {
    return false;
  }

  protected mean(slot: number): number {
    return this.rows.data[slot * this.rows.stride + this.at]!;
  }

  protected width(slot: number): number {
    return this.rows.data[slot * this.rows.stride + this.at + 1]!;
  }

  reserve(capacity: number): void {
    this.rows.reserve(capacity);
  }

  set(slot: number, value: number): void {
    const place = slot * this.rows.stride + this.at;
    this.rows.data[place] = value + 0; // -0 to 0
    this.rows.data[place + 1] = 0;
  }

  insert(slot: number, ids: Int32Array): void {
    this.#touchAround(this.#sorted.insert(slot, ids));
  }

  remove(slot: number, ids: Int32Array): void {
    this.#touchAround(this.#sorted.remove(slot, ids));
  }

  fill(slots: Int32Array): void {
    const n = slots.length;
    const { data, stride } = this.rows;
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = data[slots[i]! * stride + this.at]!;
    const positions = this.#sorted.fill(slots, values);
    this.#fitAll(slots, values, positions);
  }

  refit(ids: Int32Array, changed: (slot: number) => void): void {
    const { size, order } = this.#sorted;
    const floor = smallestBandwidth(size);
    const stale = this.stale();
    if (stale || floor !== this.#floor) {
      this.#floor = floor;
      for (let i = 0; i < size; i++) this.#fit(i, stale, changed);
    } else if (this.#touched.length > 0) {
      for (const slot of this.#touched) {
        const i = this.#sorted.find(slot, ids);
        if (i < size && order[i] === slot) this.#fit(i, false, changed);
      }
    }
    this.#touched.length = 0;
  }

  draw(slot: number, u: number): number {
    const x =
      slot < 0
        ? truncatedQuantile(u, this.priorMean, this.priorSd)
        : truncatedQuantile(u, this.mean(slot), this.sigma(this.width(slot)));
    return this.column.snap(x);
  }

  /** As #fit for all, in passes that run through memory in order: 10 times as fast for 100,000 observations. */
  #fitAll(slots: Int32Array, values: Float64Array, positions: Int32Array): void {
    const n = slots.length;
    this.#floor = smallestBandwidth(n);
    this.#touched.length = 0;
    this.stale();
    const sigmas = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const left = i > 0 ? values[positions[i - 1]!]! : NaN;
      const right = i + 1 < n ? values[positions[i + 1]!]! : NaN;
      const mu = values[positions[i]!]!;
      sigmas[positions[i]!] = Math.min(1, Math.max(this.#floor, bandwidth(left, mu, right)));
    }
    const { data, stride } = this.rows;
    for (let i = 0; i < n; i++) {
      const slot = slots[i]!;
      data[slot * stride + this.at + 1] = this.stored(sigmas[i]!);
      this.shaped(slot, values[i]!, sigmas[i]!);
    }
  }

  #touchAround(position: number): void {
    const { order, size } = this.#sorted;
    for (let i = Math.max(0, position - 1); i <= position + 1 && i < size; i++) this.#touched.push(order[i]!);
  }

  #fit(position: number, anyway: boolean, changed: (slot: number) => void): void {
    const { order, size } = this.#sorted;
    const slot = order[position]!;
    const mu = this.mean(slot);
    const left = position > 0 ? this.mean(order[position - 1]!) : NaN;
    const right = position + 1 < size ? this.mean(order[position + 1]!) : NaN;
    const sigma = Math.min(1, Math.max(this.#floor, bandwidth(left, mu, right)));
    const stored = this.stored(sigma);
    const place = slot * this.rows.stride + this.at + 1;
    if (stored === this.rows.data[place] && !anyway) return;
    this.rows.data[place] = stored;
    this.shaped(slot, mu, sigma);
    changed(slot);
  }
}
