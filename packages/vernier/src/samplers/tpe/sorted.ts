/**
 * The observations of one column in sorted order, kept while trials come and go, so that a bandwidth costs a binary search and
 * never a sort. Ties stand in the order of their ids: the order is a function of the set alone.
 */
import { argsort } from "../../math/sort.ts";
import { grownInts, type Rows } from "./column.ts";

/** From this many on a radix sort pays. */
const RADIX = 2048;

/** Slots sorted by (value, id); the value of a slot is rows.data[slot * rows.stride + at], in [0,1] and not -0. */
export class SortedSlots {
  order = new Int32Array(16);
  size = 0;
  readonly #rows: Rows;
  readonly #at: number;

  constructor(rows: Rows, at: number) {
    this.#rows = rows;
    this.#at = at;
  }

  value(slot: number): number {
    return this.#rows.data[slot * this.#rows.stride + this.#at]!;
  }

  /** First position whose (value, id) is not below those of the slot: its own position when it is there. */
  find(slot: number, ids: Int32Array): number {
    const { order } = this;
    const { data, stride } = this.#rows;
    const at = this.#at;
    const value = data[slot * stride + at]!;
    const id = ids[slot]!;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const mid = (low + high) >>> 1;
      const other = order[mid]!;
      const v = data[other * stride + at]!;
      if (v < value || (v === value && ids[other]! < id)) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** Returns the position it took. */
  insert(slot: number, ids: Int32Array): number {
    const position = this.find(slot, ids);
    if (this.size === this.order.length) this.order = grownInts(this.order, Math.ceil(this.size * 1.5));
    this.order.copyWithin(position + 1, position, this.size);
    this.order[position] = slot;
    this.size++;
    return position;
  }

  /** Returns the position it had. */
  remove(slot: number, ids: Int32Array): number {
    const position = this.find(slot, ids);
    this.order.copyWithin(position, position + 1, this.size);
    this.size--;
    return position;
  }

  /** Sorts anew; `slots` come in the order of their ids. Returns the order as positions in `slots`, for sequential passes. */
  fill(slots: Int32Array, values: Float64Array): Int32Array {
    const n = slots.length;
    this.size = n;
    if (this.order.length < n) this.order = new Int32Array(n);
    const positions = n < RADIX ? argsort(values) : radixSort(values);
    for (let i = 0; i < n; i++) this.order[i] = slots[positions[i]!]!;
    return positions;
  }
}

/**
 * What argsort answers, for many values in [0,1]: a radix sort on their leading 32 bits, then an insertion sort for those that agree in
 * them. (Measured for 100,000 random values: 3 against 18 ms.)
 */
function radixSort(values: Float64Array): Int32Array {
  const n = values.length;
  let keys = new Uint32Array(n);
  let keysTo = new Uint32Array(n);
  let from = new Int32Array(n);
  let to = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    keys[i] = values[i]! * 4_294_967_295;
    from[i] = i;
  }
  for (let shift = 0; shift < 32; shift += 11) {
    const starts = new Int32Array(2049);
    for (let i = 0; i < n; i++) starts[((keys[i]! >>> shift) & 2047) + 1]!++;
    for (let i = 1; i <= 2048; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < n; i++) {
      const key = keys[i]!;
      const place = starts[(key >>> shift) & 2047]!++;
      to[place] = from[i]!;
      keysTo[place] = key;
    }
    [from, to] = [to, from];
    [keys, keysTo] = [keysTo, keys];
  }
  let moves = 0;
  for (let i = 1; i < n; i++) {
    const index = from[i]!;
    const value = values[index]!;
    let j = i;
    while (j > 0 && values[from[j - 1]!]! > value) {
      from[j] = from[j - 1]!;
      j--;
    }
    from[j] = index;
    moves += i - j;
    if (moves > 16 * n) return argsort(values); // thousands of values within 2^-32 of each other
  }
  return from;
}
