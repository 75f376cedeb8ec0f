/**
 * Non-dominated sorting. A row dominates another when it is nowhere larger and somewhere smaller; rank 0 is the front, rank r
 * the front of what is left without the ranks below.
 *
 * Rows in lexicographic order are only dominated by earlier ones, and when front r has no row that dominates a row, no front after r
 * has one either, so that a binary search over the fronts finds its rank (Zhang et al. 2015, "An efficient approach to
 * nondominated sorting for evolutionary multiobjective optimization", section III). With two values the front's last row decides
 * (Jensen 2003, "Reducing the run-time complexity of multiobjective EAs"); with three a staircase of the other two values.
 */

import { equalRows, rowCount, rowsWithoutNaN, sortRows } from "./rows.ts";

/** Options of `nonDominatedRanks`. */
export interface RankOptions {
  /** Stop when at least this many rows are ranked: rows of later fronts share the rank after the last one given. All when left out. */
  readonly enough?: number;
}

/**
 * Non-dominated ranks of the first n rows of m values each, all to be minimised. 0 is the front; equal rows share a rank. Infinities
 * compare as numbers. Rows that hold a NaN share one rank, larger than every other: the number of ranks given to rows without NaN.
 *
 * Costs O(n log n) for one or two values, O(n log^2 n) comparisons for three, O(m n^2) at worst for more.
 *
 * @throws VernierError E_MATH_SHAPE when the values are not n rows of m.
 * @example nonDominatedRanks(Float64Array.of(1, 2, 2, 1, 2, 2), 2) // 0, 0, 1
 */
export function nonDominatedRanks(values: Float64Array, m: number, n?: number, options: RankOptions = {}): Int32Array {
  const count = rowCount(values, m, n);
  const rows = sortRows(values, m, rowsWithoutNaN(values, m, count));
  const enough = Math.min(options.enough ?? Infinity, rows.length);
  const ranks = new Int32Array(count).fill(-1);
  let fronts: number;
  if (m <= 3)
    fronts = cut(ranks, rows, m < 3 ? ranksByTails(values, m, rows, ranks) : ranks3(values, rows, ranks), enough);
  else if (enough < rows.length) fronts = peel(values, m, rows, ranks, enough);
  else fronts = ranksByMembers(values, m, rows, ranks);
  if (rows.length < count) for (let i = 0; i < count; i++) if (ranks[i] === -1) ranks[i] = fronts;
  return ranks;
}

/**
 * Indices of the non-dominated rows among the first n, in lexicographic order of their values; of equal rows the first. Rows with a NaN are
 * left out.
 *
 * @throws VernierError E_MATH_SHAPE when the values are not n rows of m.
 */
export function nonDominatedRows(values: Float64Array, m: number, n?: number): Int32Array {
  const rows = sortRows(values, m, rowsWithoutNaN(values, m, rowCount(values, m, n)));
  if (rows.length === 0) return rows;
  let count = 1;
  if (m <= 3) {
    const stairs = new Stairs();
    for (let i = 0; i < rows.length; i++) {
      const y = m < 2 ? 0 : values[rows[i]! * m + 1]!;
      const z = m < 3 ? 0 : values[rows[i]! * m + 2]!;
      if (i > 0 && stairs.covers(y, z)) continue;
      stairs.add(y, z);
      if (i > 0) rows[count++] = rows[i]!;
    }
  } else {
    const front = new Members(values, m);
    front.add(rows[0]!);
    for (let i = 1; i < rows.length; i++) {
      if (front.covers(rows[i]!)) continue;
      front.add(rows[i]!);
      rows[count++] = rows[i]!;
    }
  }
  return rows.subarray(0, count);
}

/** Rows after the fronts that together hold `enough` get the next rank. Returns the number of ranks in use. */
function cut(ranks: Int32Array, rows: Int32Array, fronts: number, enough: number): number {
  if (enough >= rows.length) return fronts;
  const sizes = new Int32Array(fronts);
  for (let i = 0; i < rows.length; i++) sizes[ranks[rows[i]!]!]! += 1;
  let last = 0;
  for (let sum = 0; sum < enough; last++) sum += sizes[last]!;
  if (last === fronts) return fronts;
  for (let i = 0; i < rows.length; i++) if (ranks[rows[i]!]! > last) ranks[rows[i]!] = last;
  return last + 1;
}

/** One or two values: front r's smallest second value grows with r, so the first front whose one is larger takes the row. */
function ranksByTails(values: Float64Array, m: number, rows: Int32Array, ranks: Int32Array): number {
  const tails = new Float64Array(rows.length);
  let fronts = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (i > 0 && equalRows(values, m, rows[i - 1]!, row)) {
      ranks[row] = ranks[rows[i - 1]!]!;
      continue;
    }
    const y = m === 1 ? i : values[row * m + 1]!; // one value: every larger one is a front of its own
    let low = 0;
    let high = fronts;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tails[middle]! <= y) low = middle + 1;
      else high = middle;
    }
    tails[low] = y;
    ranks[row] = low;
    if (low === fronts) fronts++;
  }
  return fronts;
}

function ranks3(values: Float64Array, rows: Int32Array, ranks: Int32Array): number {
  const fronts: Stairs[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (i > 0 && equalRows(values, 3, rows[i - 1]!, row)) {
      ranks[row] = ranks[rows[i - 1]!]!;
      continue;
    }
    const y = values[row * 3 + 1]!;
    const z = values[row * 3 + 2]!;
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fronts[middle]!.covers(y, z)) low = middle + 1;
      else high = middle;
    }
    if (low === fronts.length) fronts.push(new Stairs());
    fronts[low]!.add(y, z);
    ranks[row] = low;
  }
  return fronts.length;
}

function ranksByMembers(values: Float64Array, m: number, rows: Int32Array, ranks: Int32Array): number {
  const fronts: Members[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (i > 0 && equalRows(values, m, rows[i - 1]!, row)) {
      ranks[row] = ranks[rows[i - 1]!]!;
      continue;
    }
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fronts[middle]!.covers(row)) low = middle + 1;
      else high = middle;
    }
    if (low === fronts.length) fronts.push(new Members(values, m));
    fronts[low]!.add(row);
    ranks[row] = low;
  }
  return fronts.length;
}

/** Front after front, so that the work stops with the last one wanted. */
function peel(values: Float64Array, m: number, rows: Int32Array, ranks: Int32Array, enough: number): number {
  let rest = rows.slice();
  let rank = 0;
  for (let ranked = 0; ranked < enough; rank++) {
    const front = new Members(values, m);
    let left = 0;
    let last = -1;
    for (let i = 0; i < rest.length; i++) {
      const row = rest[i]!;
      const twin = last >= 0 && equalRows(values, m, last, row);
      if (!twin && front.covers(row)) {
        rest[left++] = row;
        continue;
      }
      ranks[row] = rank;
      ranked++;
      if (twin) continue;
      front.add(row);
      last = row;
    }
    rest = rest.subarray(0, left);
  }
  for (let i = 0; i < rest.length; i++) ranks[rest[i]!] = rank;
  return rest.length > 0 ? rank + 1 : rank;
}

/** The lower left corner points of a set in the plane: y ascending, z descending. */
class Stairs {
  #y = new Float64Array(8);
  #z = new Float64Array(8);
  #size = 0;

  /** Whether a point of the set is nowhere larger than (y, z). */
  covers(y: number, z: number): boolean {
    const at = this.#after(y);
    return at > 0 && this.#z[at - 1]! <= z;
  }

  /** Adds a point that the set does not cover. */
  add(y: number, z: number): void {
    const at = this.#at(y);
    let end = at;
    while (end < this.#size && this.#z[end]! >= z) end++;
    if (this.#size === this.#y.length) {
      this.#y = doubled(this.#y);
      this.#z = doubled(this.#z);
    }
    this.#y.copyWithin(at + 1, end, this.#size);
    this.#z.copyWithin(at + 1, end, this.#size);
    this.#y[at] = y;
    this.#z[at] = z;
    this.#size += 1 + at - end;
  }

  /** How many have at most this y. */
  #after(y: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#y[middle]! <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many have a smaller y. */
  #at(y: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#y[middle]! < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The rows of one front; their first values are never larger than that of a row asked about. */
class Members {
  readonly #values: Float64Array;
  readonly #m: number;
  /** The members' values but the first, member after member: near one another in memory. */
  #own: Float64Array;
  #used = 0;

  constructor(values: Float64Array, m: number) {
    this.#values = values;
    this.#m = m;
    this.#own = new Float64Array(8 * (m - 1));
  }

  /** Whether a member is nowhere larger than the row. The newest is asked first: it is the nearest in the first value. */
  covers(row: number): boolean {
    const values = this.#values;
    const own = this.#own;
    const width = this.#m - 1;
    const at = row * this.#m + 1;
    next: for (let k = this.#used - width; k >= 0; k -= width) {
      for (let j = 0; j < width; j++) if (own[k + j]! > values[at + j]!) continue next;
      return true;
    }
    return false;
  }

  add(row: number): void {
    if (this.#used === this.#own.length) this.#own = doubled(this.#own);
    for (let j = 1; j < this.#m; j++) this.#own[this.#used++] = this.#values[row * this.#m + j]!;
  }
}

function doubled(old: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 * old.length);
  wider.set(old);
  return wider;
}
