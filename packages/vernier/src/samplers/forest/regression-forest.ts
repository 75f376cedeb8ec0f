/** Bootstrapped trees whose mean and spread are a prediction: Breiman 2001, "Random forests"; Hutter et al. 2011, section 4.1, on the spread. */
import { bulk } from "../../math/sfc32.ts";
import type { Rng } from "../../math/rng.ts";
import { Grower, Nodes, sampleOf, type TreeColumn } from "./grow.ts";

/** A fitted forest. */
export class RegressionForest {
  readonly trees: number;
  readonly #roots: Int32Array;
  readonly #nodes = new Nodes();
  readonly #width: number;

  /**
   * Fits `trees` trees to `rows` rows of `width` numbers (no NaN) with logarithmic targets: a leaf's value is log(mean exp t).
   * `bootstrap` false gives every tree each row once.
   */
  constructor(given: {
    readonly columns: readonly TreeColumn[];
    readonly x: Float64Array;
    readonly width: number;
    readonly targets: Float64Array;
    readonly trees: number;
    readonly rng: Rng;
    readonly bootstrap?: boolean;
  }) {
    const { columns, x, width, targets, trees, bootstrap = true } = given;
    this.trees = trees;
    this.#width = width;
    const grower = new Grower(sampleOf(columns, x, width, targets.length), targets);
    this.#roots = Int32Array.from({ length: trees }, (_, k) =>
      grower.grow(this.#nodes, bulk(given.rng.fork(k)), bootstrap),
    );
  }

  /** Mean and variance of the trees' predictions for `count` rows of x. */
  predict(x: Float64Array, count: number, mean: Float64Array, variance: Float64Array): void {
    mean.fill(0, 0, count);
    variance.fill(0, 0, count);
    const { trees } = this;
    for (const root of this.#roots) {
      for (let i = 0; i < count; i++) {
        const t = this.#value(root, x, i * this.#width);
        mean[i]! += t;
        variance[i]! += t * t;
      }
    }
    for (let i = 0; i < count; i++) {
      const m = mean[i]! / trees;
      mean[i] = m;
      variance[i] = Math.max(0, variance[i]! / trees - m * m);
    }
  }

  /** How many trees predict less than `limit` for each of `count` rows. */
  below(limit: number, x: Float64Array, count: number, out: Float64Array): void {
    out.fill(0, 0, count);
    for (const root of this.#roots) {
      for (let i = 0; i < count; i++) if (this.#value(root, x, i * this.#width) < limit) out[i]!++;
    }
  }

  #value(root: number, x: Float64Array, offset: number): number {
    const { column, threshold, left, members, marks } = this.#nodes;
    let node = root;
    for (;;) {
      const c = column[node]!;
      if (c < 0) return threshold[node]!;
      const v = x[offset + c]!;
      const at = members[node]!;
      const goesLeft = at < 0 ? v <= threshold[node]! : marks[at + v] === 1;
      node = left[node]! + (goesLeft ? 0 : 1);
    }
  }
}
