/** `float` and `int`: one column, the position on the scale. */
import type { Rng } from "../math/rng.ts";
import { drawTruncatedNormal, truncatedNormalQuantile } from "../math/truncated.ts";
import { numberFault } from "./door-number.ts";
import {
  cellColumn,
  cellOf,
  centre,
  continuousColumn,
  type MergeMode,
  type Leaf,
  type Pinned,
  type Plan,
  type Site,
} from "./part.ts";
import { curve, grid, type Curve, type Grid } from "./scale.ts";
import type { Column, FloatNode, IntNode, Issue } from "./types.ts";

/** Steps of a continuous neighbour: draws from a normal of this sd on [0,1] (SMAC's one-exchange neighbourhood). */
const STEP_SD = 0.05;
const STEP_DRAWS = 4;

export class NumberPart implements Leaf {
  readonly at: number;
  readonly width = 1;
  readonly site: Site;
  readonly count: number;
  readonly #node: FloatNode | IntNode;
  readonly #grid: Grid;
  readonly #linear: boolean;
  readonly #curve: Curve;
  readonly #low: number;
  readonly #high: number;
  readonly #levels: number;
  /** The ends of the (widened) range, on the scale. */
  readonly #from: number;
  readonly #span: number;
  readonly #prior: { readonly mean: number; readonly sd: number } | undefined;
  readonly #default: number;

  constructor(node: FloatNode | IntNode, site: Site, plan: Plan) {
    this.site = site;
    this.#node = node;
    this.#grid = grid(node);
    const { low, high, step, count } = this.#grid;
    this.#low = low;
    this.#high = high;
    this.#levels = count;
    this.count = count === 0 ? Infinity : count;
    this.#linear = (node.scale ?? "linear") === "linear";
    const [a, b] = [low - step / 2, high + step / 2];
    this.#curve = curve(node.scale ?? "linear", a, b);
    this.#from = this.#curve.to(a);
    this.#span = this.#curve.to(b) - this.#from;
    this.#prior = node.prior && { mean: this.#position(node.prior.mean), sd: node.prior.sd };
    const column = count === 0 ? continuousColumn(site, site.column, "numeric") : this.#cells(site);
    this.at = plan.column({ ...column, ...(this.#prior && { prior: this.#prior }) });
    // Digits that come from rounding only would look odd in every summary.
    const middle = this.#value(0.5);
    const short = count === 0 ? Number(middle.toPrecision(12)) : middle;
    this.#default = node.default ?? (short < low ? low : short > high ? high : short);
    plan.leaves.push(this);
  }

  #cells(site: Site): Omit<Column, "index"> {
    const column = cellColumn(site, site.column, "numeric", this.#levels);
    if (this.#linear) return column;
    const half = this.#grid.step / 2;
    return {
      ...column,
      cell: u => {
        const v = this.#value(u);
        return [Math.max(0, this.#position(v - half)), Math.min(1, this.#position(v + half))];
      },
      snap: u => this.#position(this.#value(u)),
    };
  }

  /** Position of any number of the range, 0..1 up to rounding. */
  #position(v: number): number {
    return (this.#curve.to(v) - this.#from) / this.#span;
  }

  #value(u: number): number {
    if (this.#levels > 0) {
      if (this.#linear) return this.#grid.at(cellOf(u, this.#levels));
      const v = this.#curve.from(this.#from + Math.min(1, Math.max(0, u)) * this.#span);
      const k = Math.round((v - this.#low) / this.#grid.step);
      return this.#grid.at(k <= 0 ? 0 : k >= this.#levels ? this.#levels - 1 : k);
    }
    if (u <= 0) return this.#low;
    if (u >= 1) return this.#high;
    const v = this.#linear ? this.#low + u * this.#span : this.#curve.from(this.#from + u * this.#span);
    return v < this.#low ? this.#low : v > this.#high ? this.#high : v;
  }

  /** Encoded value of any number; clipped to the range. */
  #encoded(v: number): number {
    const inRange = v < this.#low ? this.#low : v > this.#high ? this.#high : v;
    if (this.#levels > 0) {
      const k = Math.round((inRange - this.#low) / this.#grid.step);
      return this.#linear ? centre(k, this.#levels) : this.#position(this.#grid.at(k));
    }
    if (inRange === this.#low) return 0;
    if (inRange === this.#high) return 1;
    const u = this.#position(inRange);
    return u < 0 ? 0 : u > 1 ? 1 : u;
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (typeof value === "number") out[o + this.at] = this.#encoded(value);
  }

  decode(x: ArrayLike<number>, o: number): number {
    const u = x[o + this.at] as number;
    return Number.isNaN(u) ? this.#default : this.#value(u);
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    let v = u[this.at] as number;
    if (this.#prior !== undefined) v = truncatedNormalQuantile(v, this.#prior.mean, this.#prior.sd, 0, 1);
    out[o + this.at] = this.#levels > 0 ? this.#encoded(this.#value(v)) : v;
  }

  check(value: unknown, issues: Issue[]): void {
    const { low, high, step } = this.#grid;
    const message = numberFault(value, low, high, step, this.#node.type === "int");
    if (message !== undefined) issues.push({ path: this.site.path, message });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    return given ?? base ?? (mode.fill === "any default" ? this.#default : this.#node.default);
  }

  key(value: unknown): string {
    return value === 0 ? "0" : String(value);
  }

  size(pinned?: Pinned): number {
    return pinned?.leaves.has(this) ? 1 : this.count;
  }

  option(i: number, x: Float64Array): void {
    x[this.at] = this.#encoded(this.#grid.at(i));
  }

  alternatives(value: unknown, rng: Rng): unknown[] {
    const v = value as number;
    if (this.#levels > 0) {
      const k = Math.round((v - this.#low) / this.#grid.step);
      return [k - 1, k + 1].filter(i => i >= 0 && i < this.#levels).map(i => this.#grid.at(i));
    }
    const u = this.#encoded(v);
    return Array.from({ length: STEP_DRAWS }, () => this.#value(drawTruncatedNormal(rng, u, STEP_SD, 0, 1)));
  }
}
