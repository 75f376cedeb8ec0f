/**
 * Hypervolume in two and three dimensions by a sweep: the points enter in the order of the last coordinate, and the area they
 * dominate in the plane of the others is kept as a staircase (Beume et al. 2009, "On the complexity of computing the
 * hypervolume indicator", section III). Only gains are added up, so that nothing cancels.
 */

import { OrderedSet } from "./ordered-set.ts";
import { argsort } from "./sort.ts";

/** What a set of points dominates within a box, for any box and any part of the points, without sorting again. */
export interface Sweep {
  /** The points of the set. */
  readonly set: SweepSet;
  /** Volume dominated by the set's points, each moved into the box [corner, reference], which must be finite. `corner` is read from `at` on. */
  within(corner: ArrayLike<number>, at: number): number;
}

/** A part of the points in the order in which a sweep meets them. */
export class SweepSet {
  /** The first `size` count. */
  readonly points: Int32Array;
  size: number;
  readonly #places: Int32Array;

  constructor(order: Int32Array, full: boolean) {
    this.points = full ? order.slice() : new Int32Array(order.length);
    this.size = full ? order.length : 0;
    this.#places = placesOf(order);
  }

  /** Adds point i, which must not be there. O(size), by moving memory. */
  add(i: number): void {
    const at = this.#find(i);
    this.points.copyWithin(at + 1, at, this.size++);
    this.points[at] = i;
  }

  /** Removes point i, which must be there. */
  remove(i: number): void {
    const at = this.#find(i);
    this.points.copyWithin(at, at + 1, this.size--);
  }

  /** How many come before point i. */
  #find(i: number): number {
    const places = this.#places;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (places[this.points[middle]!]! < places[i]!) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A staircase in the plane: points at places 0..n-1 with y ascending by place and x descending. */
export class Staircase {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly #set: OrderedSet;

  constructor(n: number) {
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    this.#set = new OrderedSet(n);
  }

  clear(): void {
    this.#set.clear();
  }

  /** Area up to (rx, ry) that (x, y) would add at its place; `insert` puts it there, and takes away what it covers. */
  gain(place: number, x: number, y: number, rx: number, ry: number, insert: boolean): number {
    const set = this.#set;
    const before = set.before(place);
    let right = before < 0 ? rx : this.x[before]!;
    if (right <= x) return 0;
    let gain = 0;
    let next = set.after(place);
    while (next >= 0) {
      const nextX = this.x[next]!;
      if (nextX < x) break;
      gain += (right - nextX) * (this.y[next]! - y);
      right = nextX;
      if (insert) set.remove(next);
      next = set.after(next);
    }
    gain += (right - x) * ((next < 0 ? ry : this.y[next]!) - y);
    if (insert) {
      this.x[place] = x;
      this.y[place] = y;
      set.add(place);
    }
    return gain;
  }
}

/** The indices of points of m values by one of their coordinates, ascending; equal ones in the order given. */
export function orderBy(points: Float64Array, m: number, column: number): Int32Array {
  const keys = new Float64Array(points.length / m);
  for (let i = 0; i < keys.length; i++) keys[i] = points[i * m + column]!;
  return argsort(keys);
}

/** The place of each index in an order. */
export function placesOf(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) places[order[k]!] = k;
  return places;
}

/** Points of two coordinates: O(n) a volume. */
export class PlaneSweep implements Sweep {
  readonly #points: Float64Array;
  readonly #reference: ArrayLike<number>;
  readonly set: SweepSet;

  /** `full`: the set begins with all points. */
  constructor(points: Float64Array, reference: ArrayLike<number>, full: boolean) {
    this.#points = points;
    this.#reference = reference;
    this.set = new SweepSet(orderBy(points, 2, 0), full);
  }

  within(corner: ArrayLike<number>, at: number): number {
    const points = this.#points;
    const order = this.set.points;
    const { size } = this.set;
    const [left, bottom] = [corner[at]!, corner[at + 1]!];
    const [rx, ry] = [this.#reference[0]!, this.#reference[1]!];
    let area = 0;
    let top = ry;
    for (let k = 0; k < size; k++) {
      const i = order[k]!;
      const x = Math.max(points[2 * i]!, left);
      const y = Math.max(points[2 * i + 1]!, bottom);
      if (y >= top) continue;
      if (x === left && y === bottom) return (rx - x) * (ry - y); // exact: see SpaceSweep
      area += (rx - x) * (top - y);
      top = y;
      if (y === bottom) break;
    }
    return area;
  }
}

/** Points of three coordinates: O(n log n) a volume, the logarithm to the base 32. */
export class SpaceSweep implements Sweep {
  readonly #points: Float64Array;
  readonly #m: number;
  readonly #reference: ArrayLike<number>;
  readonly set: SweepSet;
  readonly #place: Int32Array;
  readonly #stairs: Staircase;

  /** The first three of m coordinates are used. `full`: the set begins with all points. */
  constructor(points: Float64Array, reference: ArrayLike<number>, full: boolean, m = 3) {
    this.#points = points;
    this.#m = m;
    this.#reference = reference;
    this.set = new SweepSet(orderBy(points, m, 2), full);
    this.#place = placesOf(orderBy(points, m, 1));
    this.#stairs = new Staircase(points.length / m);
  }

  within(corner: ArrayLike<number>, at: number): number {
    const points = this.#points;
    const m = this.#m;
    const order = this.set.points;
    const { size } = this.set;
    const stairs = this.#stairs;
    const left = corner[at]!;
    const bottom = corner[at + 1]!;
    const floor = corner[at + 2]!;
    const rx = this.#reference[0]!;
    const ry = this.#reference[1]!;
    const rz = this.#reference[2]!;
    stairs.clear();
    let volume = 0;
    let area = 0;
    let height = floor;
    for (let k = 0; k < size; k++) {
      const i = order[k]!;
      const x = Math.max(points[i * m]!, left);
      const y = Math.max(points[i * m + 1]!, bottom);
      const z = points[i * m + 2]!;
      if (z > height) {
        if (area > 0) volume += area * (z - height);
        height = z;
      }
      if (x === left && y === bottom) {
        // All that is left of the box. Exact, so that a box is found to be covered whole to the last bit.
        area = (rx - x) * (ry - y);
        break;
      }
      area += stairs.gain(this.#place[i]!, x, y, rx, ry, true);
    }
    return area > 0 ? volume + area * (rz - height) : volume;
  }
}
