/**
 * Exact hypervolume: the volume of all that is dominated by some point and dominates the reference. Everything is to be
 * minimised. Two and three objectives by a sweep (hypervolume-sweep.ts), more by WFG (While et al. 2012, "A fast way of
 * calculating exact hypervolumes"): what a point adds to others is its own box without what the others dominate in it, and when
 * the others are better in the last coordinate that coordinate is a mere factor (section IV-B).
 */

import { VernierError } from "./errors.ts";
import { orderBy, PlaneSweep, SpaceSweep, type Sweep, SweepSet } from "./hypervolume-sweep.ts";
import { nonDominatedRows } from "./pareto.ts";
import { rowCount } from "./rows.ts";

/**
 * The hypervolume of points (rows of m values) up to the reference. A point counts when it is smaller than the reference in every value;
 * points with a NaN do not. Infinity when a point that counts, or the reference, is infinite in some value. 0 without points.
 * Exact up to rounding; about n log n for m <= 3, n^2 log n for 4, exponential in m beyond.
 *
 * @throws VernierError E_MATH_SHAPE when the points are not rows of m or the reference has not m values; E_MATH_NAN when the reference
 * has a NaN.
 * @example hypervolume(Float64Array.of(1, 2, 2, 1), 2, Float64Array.of(3, 3)) // 3
 */
export function hypervolume(points: Float64Array, m: number, reference: ArrayLike<number>): number {
  const { rows, inner } = inside(points, m, reference);
  for (let i = 0; i < rows.length; i++) if (isBoundless(inner, m, i, reference)) return Infinity;
  return volumeOf(inner, m, reference);
}

/**
 * What the hypervolume loses without each point: its exclusive volume. 0 for points that do not count, or that another one
 * dominates or equals. For a point with a box of infinite volume that no other dominates or equals: Infinity.
 *
 * @throws as `hypervolume`.
 */
export function hypervolumeContributions(points: Float64Array, m: number, reference: ArrayLike<number>): Float64Array {
  const out = new Float64Array(points.length / m);
  const { rows, inner } = inside(points, m, reference);
  const exclusive = new Exclusive(inner, m, reference, true);
  for (let i = 0; i < rows.length; i++) {
    exclusive.remove(i);
    out[rows[i]!] = exclusive.of(i);
    exclusive.add(i);
  }
  return out;
}

/** The points that count: their rows, and their values without the others. */
export function inside(
  points: Float64Array,
  m: number,
  reference: ArrayLike<number>,
): { rows: Int32Array; inner: Float64Array } {
  const n = rowCount(points, m);
  if (reference.length !== m) {
    throw new VernierError(
      "E_MATH_SHAPE",
      `a reference point has as many values as the points; got ${reference.length} for points of ${m}. Give ${m}.`,
    );
  }
  for (let j = 0; j < m; j++) {
    if (!Number.isNaN(reference[j]!)) continue;
    throw new VernierError(
      "E_MATH_NAN",
      `a reference point is made of numbers; got NaN at index ${j}. Give a value no better than any that counts.`,
    );
  }
  const rows = new Int32Array(n);
  let count = 0;
  next: for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) if (!(points[i * m + j]! < reference[j]!)) continue next;
    rows[count++] = i;
  }
  const inner = new Float64Array(count * m);
  for (let i = 0; i < count; i++) inner.set(points.subarray(rows[i]! * m, rows[i]! * m + m), i * m);
  return { rows: rows.subarray(0, count), inner };
}

/** Whether a point's box is infinitely wide. */
export function isBoundless(points: Float64Array, m: number, i: number, reference: ArrayLike<number>): boolean {
  for (let j = 0; j < m; j++) if (reference[j]! - points[i * m + j]! === Infinity) return true;
  return false;
}

/** Volume of the box between a point and the reference. From left to right, as the sweeps multiply. */
export function boxOf(points: Float64Array, at: number, m: number, reference: ArrayLike<number>): number {
  let volume = 1;
  for (let j = 0; j < m; j++) volume *= reference[j]! - points[at + j]!;
  return volume;
}

/** What single points add to a set that may change, among points that all count. */
export class Exclusive {
  readonly #points: Float64Array;
  readonly #m: number;
  readonly #reference: ArrayLike<number>;
  readonly #sweep: Sweep | undefined;
  readonly #set: SweepSet;

  /** `full`: the set begins with all points. */
  constructor(points: Float64Array, m: number, reference: ArrayLike<number>, full: boolean) {
    this.#points = points;
    this.#m = m;
    this.#reference = reference;
    if (m === 2) this.#sweep = new PlaneSweep(points, reference, full);
    if (m === 3) this.#sweep = new SpaceSweep(points, reference, full);
    this.#set = this.#sweep?.set ?? new SweepSet(orderBy(points, m, 0), full);
  }

  add(i: number): void {
    this.#set.add(i);
  }

  remove(i: number): void {
    this.#set.remove(i);
  }

  /** Volume of point i's box without what the set dominates in it. Never negative; i itself must not be in the set. */
  of(i: number): number {
    const m = this.#m;
    if (isBoundless(this.#points, m, i, this.#reference)) return this.#isCovered(i) ? 0 : Infinity;
    const box = boxOf(this.#points, i * m, m, this.#reference);
    const covered = this.#sweep?.within(this.#points, i * m) ?? this.#limited(i);
    return Math.max(0, box - covered);
  }

  #isCovered(i: number): boolean {
    const points = this.#points;
    const m = this.#m;
    next: for (const k of this.#set.points.subarray(0, this.#set.size)) {
      for (let j = 0; j < m; j++) if (!(points[k * m + j]! <= points[i * m + j]!)) continue next;
      return true;
    }
    return false;
  }

  #limited(i: number): number {
    const m = this.#m;
    const { points, size } = this.#set;
    const limited = new Float64Array(size * m);
    for (let k = 0; k < size; k++) limit(this.#points, points[k]! * m, i * m, m, limited, k * m);
    return volumeOf(limited, m, this.#reference);
  }
}

/** The hypervolume of points that all count and whose boxes are finite. */
function volumeOf(points: Float64Array, m: number, reference: ArrayLike<number>): number {
  const n = points.length / m;
  if (n === 0) return 0;
  if (n === 1) return boxOf(points, 0, m, reference);
  switch (m) {
    case 1:
      return reference[0]! - points.reduce((least, value) => Math.min(least, value));
    case 2:
      return new PlaneSweep(points, reference, true).within(LOWEST, 0);
    case 3:
      return new SpaceSweep(points, reference, true).within(lowest3(points), 0);
    default:
      return m === 4 ? volume4(points, reference) : wfg(points, m, reference);
  }
}

const LOWEST = [-Infinity, -Infinity];

/** The height at which the sweep begins must be finite. */
function lowest3(points: Float64Array): number[] {
  let least = Infinity;
  for (let i = 2; i < points.length; i += 3) least = Math.min(least, points[i]!);
  return [-Infinity, -Infinity, least];
}

/** Worst in the last coordinate first: the limits that one point sets to the later ones need no sorting. */
function volume4(given: Float64Array, reference: ArrayLike<number>): number {
  const points = pick(given, 4, nonDominatedRows(given, 4));
  const n = points.length / 4;
  const order = orderBy(points, 4, 3).reverse();
  const sweep = new SpaceSweep(points, reference, true, 4);
  let volume = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    sweep.set.remove(i);
    const exclusive = boxOf(points, 4 * i, 3, reference) - sweep.within(points, 4 * i);
    if (exclusive > 0) volume += exclusive * (reference[3]! - points[4 * i + 3]!);
  }
  return volume;
}

function wfg(given: Float64Array, m: number, reference: ArrayLike<number>): number {
  const points = pick(given, m, nonDominatedRows(given, m));
  const n = points.length / m;
  const order = orderBy(points, m, m - 1).reverse();
  const limited = new Float64Array(n * (m - 1));
  let volume = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    for (let l = k + 1; l < n; l++) limit(points, order[l]! * m, i * m, m - 1, limited, (l - k - 1) * (m - 1));
    const covered = volumeOf(limited.subarray(0, (n - k - 1) * (m - 1)), m - 1, reference);
    const exclusive = boxOf(points, i * m, m - 1, reference) - covered;
    if (exclusive > 0) volume += exclusive * (reference[m - 1]! - points[i * m + m - 1]!);
  }
  return volume;
}

/** out[to...] = the larger of points[at...] and points[corner...]. */
function limit(points: Float64Array, at: number, corner: number, m: number, out: Float64Array, to: number): void {
  for (let j = 0; j < m; j++) out[to + j] = Math.max(points[at + j]!, points[corner + j]!);
}

function pick(points: Float64Array, m: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * m);
  for (let k = 0; k < rows.length; k++) out.set(points.subarray(rows[k]! * m, rows[k]! * m + m), k * m);
  return out;
}
