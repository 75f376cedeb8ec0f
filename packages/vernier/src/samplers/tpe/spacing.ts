/**
 * How far the observations of one column are from their neighbours, without sorting them. A bandwidth is the larger of the two gaps, but at least
 * 1/100 (`smallestBandwidth`): within a bin narrower than that only the first and the last observation can be wider. So each bin keeps
 * those two, and everything in between has the smallest bandwidth. What it answers is what sorting by (value, id) would.
 */

/** Narrower than 1/100, and the codes of two observations a bin and one for all others fit a byte. */
export const BINS = 127;
/** Codes of an observation: 0 in between, else see `firstCode`. */
export const CODES = 2 * BINS + 1;

/** Means of the kernels and their codes, by slot; columns that are evaluated together lie side by side. */
export class Rows {
  readonly stride: number;
  means: Float64Array = new Float64Array(0);
  codes: Uint8Array = new Uint8Array(0);

  constructor(stride: number) {
    this.stride = stride;
  }

  reserve(capacity: number): void {
    const length = capacity * this.stride;
    if (length <= this.means.length) return;
    const { means, codes } = this;
    this.means = new Float64Array(length);
    this.means.set(means);
    this.codes = new Uint8Array(length);
    this.codes.set(codes);
  }
}

/** Called when the code's bandwidth, before clipping, is to be `gap` and the slot carries it. */
export type OnGap = (code: number, gap: number, slot: number) => void;

/** The observations of one column by bins; their means lie at means[slot * stride + at], in [0,1] and not -0. */
export class Spacing {
  size = 0;
  readonly #rows: Rows;
  readonly #at: number;
  readonly #first = new Int32Array(BINS);
  readonly #last = new Int32Array(BINS);
  readonly #counts = new Int32Array(BINS);
  /** Bins that changed, and whether there are any. */
  readonly #dirty = new Uint8Array(BINS);
  #settled = true;
  /** Slots that are in between now. */
  #demoted: number[] = [];

  constructor(rows: Rows, at: number) {
    this.#rows = rows;
    this.#at = at;
  }

  clear(): void {
    this.size = 0;
    this.#counts.fill(0);
    this.#dirty.fill(0);
    this.#settled = true;
    this.#demoted = [];
  }

  /** The mean is in its place already. */
  insert(slot: number, ids: Int32Array): void {
    const b = this.#bin(slot);
    this.#dirty[b] = 1;
    this.#settled = false;
    this.size++;
    if (this.#counts[b]!++ === 0) {
      this.#first[b] = slot;
      this.#last[b] = slot;
      return;
    }
    const first = this.#first[b]!;
    const last = this.#last[b]!;
    if (this.#before(slot, first, ids)) {
      this.#first[b] = slot;
      if (first !== last) this.#demote(first);
    } else if (this.#before(last, slot, ids)) {
      this.#last[b] = slot;
      if (first !== last) this.#demote(last);
    }
  }

  /** Replaces all by slots 0..count-1, whose ids ascend, means are in place and codes are 0. */
  fill(count: number): void {
    this.clear();
    this.size = count;
    this.#settled = false;
    this.#dirty.fill(1);
    const { means, stride } = this.#rows;
    const counts = this.#counts;
    const first = this.#first;
    const last = this.#last;
    const lows = new Float64Array(BINS).fill(Infinity);
    const highs = new Float64Array(BINS).fill(-Infinity);
    for (let slot = 0, place = this.#at; slot < count; slot++, place += stride) {
      const mean = means[place]!;
      const b = binOf(mean);
      counts[b]!++;
      if (mean < lows[b]!) {
        lows[b] = mean;
        first[b] = slot;
      }
      if (mean >= highs[b]!) {
        highs[b] = mean;
        last[b] = slot;
      }
    }
  }

  /** `slots[0..size)` are those that stay. */
  remove(slot: number, ids: Int32Array, slots: Int32Array, size: number): void {
    const b = this.#bin(slot);
    this.#dirty[b] = 1;
    this.#settled = false;
    this.size--;
    const left = --this.#counts[b]!;
    if (left === 0 || (slot !== this.#first[b] && slot !== this.#last[b])) return;
    let first = -1;
    let last = -1;
    for (let j = 0, found = 0; j < size && found < left; j++) {
      const other = slots[j]!;
      if (this.#bin(other) !== b) continue;
      found++;
      if (first < 0 || this.#before(other, first, ids)) first = other;
      if (last < 0 || this.#before(last, other, ids)) last = other;
    }
    this.#first[b] = first;
    this.#last[b] = last;
  }

  /**
   * Gives codes to what changed since the last time, or to everything. `changed` is called for slots with a new code, `onGap` for every code
   * that may have a new gap, with 0 for gaps within a bin.
   */
  settle(everything: boolean, changed: (slot: number) => void, onGap: OnGap): void {
    if (this.#settled && !everything) return;
    for (const slot of this.#demoted) changed(slot);
    this.#demoted.length = 0;
    const counts = this.#counts;
    let before = -1;
    for (let b = 0; b < BINS; b++) {
      if (counts[b] === 0) continue;
      const after = this.#next(b);
      if (everything || this.#touched(before, after)) this.#settleBin(b, before, after, changed, onGap);
      before = b;
    }
    this.#dirty.fill(0);
    this.#settled = true;
  }

  /** True when one of the bins from `before` to `after` changed. */
  #touched(before: number, after: number): boolean {
    const dirty = this.#dirty;
    const end = after < 0 ? BINS - 1 : after;
    for (let i = Math.max(0, before); i <= end; i++) if (dirty[i] === 1) return true;
    return false;
  }

  #settleBin(b: number, before: number, after: number, changed: (slot: number) => void, onGap: OnGap): void {
    const first = this.#first[b]!;
    const last = this.#last[b]!;
    const low = this.#mean(first);
    const high = this.#mean(last);
    const left = before < 0 ? NaN : low - this.#mean(this.#last[before]!);
    const right = after < 0 ? NaN : this.#mean(this.#first[after]!) - high;
    this.#assign(first, 1 + 2 * b, changed);
    if (first === last) {
      onGap(1 + 2 * b, larger(left, right, low), first);
      return;
    }
    this.#assign(last, 2 + 2 * b, changed);
    onGap(1 + 2 * b, Number.isNaN(left) ? 0 : left, first);
    onGap(2 + 2 * b, Number.isNaN(right) ? 0 : right, last);
  }

  #assign(slot: number, code: number, changed: (slot: number) => void): void {
    const place = slot * this.#rows.stride + this.#at;
    if (this.#rows.codes[place] === code) return;
    this.#rows.codes[place] = code;
    changed(slot);
  }

  #demote(slot: number): void {
    this.#rows.codes[slot * this.#rows.stride + this.#at] = 0;
    this.#demoted.push(slot);
  }

  /** Next bin that is not empty, -1 when there is none. */
  #next(b: number): number {
    for (let i = b + 1; i < BINS; i++) if (this.#counts[i] !== 0) return i;
    return -1;
  }

  #mean(slot: number): number {
    return this.#rows.means[slot * this.#rows.stride + this.#at]!;
  }

  #bin(slot: number): number {
    return binOf(this.#mean(slot));
  }

  /** Order by (value, id). */
  #before(a: number, b: number, ids: Int32Array): boolean {
    const u = this.#mean(a);
    const v = this.#mean(b);
    return u < v || (u === v && ids[a]! < ids[b]!);
  }
}

/** The bin of a mean in [0,1]. */
export function binOf(mean: number): number {
  return mean >= 1 ? BINS - 1 : (mean * BINS) | 0; // an integer for the compiler, too: indices made of it stay quick
}

/**
 * The larger of the gaps to the neighbours; NaN says that there is none. The bounds 0 and 1 are neighbours only of a lone observation: with
 * two or more the first and the last use their inner gap alone.
 */
function larger(left: number, right: number, mean: number): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? Math.max(mean, 1 - mean) : right;
  return Number.isNaN(right) ? left : Math.max(left, right);
}
