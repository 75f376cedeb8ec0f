/**
 * Greedy hypervolume subset selection: again and again the point that adds most to those chosen. At least 1 - 1/e of the best
 * possible hypervolume (Nemhauser et al. 1978; Guerreiro et al. 2016, "Greedy hypervolume subset selection in low dimensions").
 *
 * What a point adds never grows while others are chosen, so an old figure is a bound and only the points that come to the top
 * are worked out anew (Minoux 1978, lazy greedy).
 */

import { VernierError } from "./errors.ts";
import { orderBy, placesOf, Staircase } from "./hypervolume-sweep.ts";
import { boxOf, Exclusive, inside, isBoundless } from "./hypervolume.ts";

/**
 * Indices of k of the points (rows of m values, to be minimised), in the order in which they are chosen; all of them when there are no more
 * than k. Ties go to the smaller index. Points that add nothing, because they do not count or another dominates or equals them, come after
 * all that do, those with a NaN last. A box of infinite volume that no chosen point dominates or equals adds more than any finite one.
 *
 * @throws VernierError E_MATH_RANGE unless k is a whole number >= 0; E_MATH_SHAPE and E_MATH_NAN as `hypervolume`.
 * @example selectByHypervolume(Float64Array.of(0, 2, 1, 1, 2, 0), 2, Float64Array.of(3, 3), 1) // 1
 */
export function selectByHypervolume(
  points: Float64Array,
  m: number,
  reference: ArrayLike<number>,
  k: number,
): Int32Array {
  if (!Number.isInteger(k) || k < 0) {
    throw new VernierError("E_MATH_RANGE", `a subset has k >= 0 points, k whole; got ${k}. Say how many to choose.`);
  }
  const { rows, inner } = inside(points, m, reference);
  const n = points.length / m;
  const size = Math.min(k, n);
  const chosen = new Int32Array(size);
  let count = 0;
  const adds = m === 2 ? planeGains(inner, reference) : exclusiveGains(inner, m, reference);
  const heap = new Heap(rows.length, i =>
    isBoundless(inner, m, i, reference) ? Infinity : boxOf(inner, i * m, m, reference),
  );
  while (count < size && heap.size > 0) {
    const top = heap.top;
    const fresh = count === 0 ? heap.bound(top) : adds.of(top);
    if (fresh === 0) {
      heap.drop(); // for good: it comes with the rest
      continue;
    }
    if (!heap.settle(fresh)) continue;
    heap.drop();
    adds.choose(top);
    chosen[count++] = rows[top]!;
  }
  if (count < size) rest(points, m, chosen, count);
  return chosen;
}

/** Fills the tail with what was not chosen: by index, points with a NaN last. */
function rest(points: Float64Array, m: number, chosen: Int32Array, count: number): void {
  const n = points.length / m;
  const taken = new Uint8Array(n);
  for (let c = 0; c < count; c++) taken[chosen[c]!] = 1;
  for (const wantNaN of [false, true]) {
    for (let i = 0; i < n && count < chosen.length; i++) {
      if (taken[i] === 0 && points.subarray(i * m, i * m + m).some(Number.isNaN) === wantNaN) chosen[count++] = i;
    }
  }
}

/** What points add to those chosen. */
interface Gains {
  of(i: number): number;
  choose(i: number): void;
}

function exclusiveGains(inner: Float64Array, m: number, reference: ArrayLike<number>): Gains {
  const exclusive = new Exclusive(inner, m, reference, false);
  return { of: i => exclusive.of(i), choose: i => exclusive.add(i) };
}

/** Two objectives: what is chosen is a staircase, and a point's gain is a matter of its neighbours. */
function planeGains(inner: Float64Array, reference: ArrayLike<number>): Gains {
  const n = inner.length / 2;
  for (let i = 0; i < n; i++) if (isBoundless(inner, 2, i, reference)) return exclusiveGains(inner, 2, reference);
  const place = placesOf(orderBy(inner, 2, 1));
  const stairs = new Staircase(n);
  const gain = (i: number, insert: boolean): number =>
    stairs.gain(place[i]!, inner[2 * i]!, inner[2 * i + 1]!, reference[0]!, reference[1]!, insert);
  return { of: i => gain(i, false), choose: i => void gain(i, true) };
}

/** Points by the bound on what they add, largest first, then by index. */
class Heap {
  size: number;
  readonly #items: Int32Array;
  readonly #bounds: Float64Array;

  constructor(n: number, bound: (i: number) => number) {
    this.size = n;
    this.#items = new Int32Array(n);
    this.#bounds = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      this.#items[i] = i;
      this.#bounds[i] = bound(i);
    }
    for (let at = (n >>> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  get top(): number {
    return this.#items[0]!;
  }

  bound(i: number): number {
    return this.#bounds[i]!;
  }

  /** Lowers the top's bound; true when it stays on top. */
  settle(bound: number): boolean {
    const top = this.top;
    this.#bounds[top] = bound;
    this.#sink(0);
    return this.top === top;
  }

  /** Removes the top. */
  drop(): void {
    this.size--;
    this.#items[0] = this.#items[this.size]!;
    this.#sink(0);
  }

  #sink(from: number): void {
    const items = this.#items;
    const item = items[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#above(items[child + 1]!, items[child]!)) child++;
      if (!this.#above(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }

  #above(a: number, b: number): boolean {
    const difference = this.#bounds[a]! - this.#bounds[b]!;
    return difference > 0 || (!(difference < 0) && a < b); // two infinities: by index
  }
}
