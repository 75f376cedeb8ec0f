/** The forests fitted to a history, and what they expect of a configuration. */
import type { Rng } from "../../math/rng.ts";
import { argsort } from "../../math/sort.ts";
import { logTargetEi } from "./log-target-ei.ts";
import { RegressionForest } from "./regression-forest.ts";
import { logTargets } from "./targets.ts";
import type { Taught } from "./trials.ts";
import type { TreeSpace } from "./tree-space.ts";

/** Trees that are counted as expecting feasibility where none does. */
const LEAST = 0.01;

/** Expected improvement by the forest of the objective, weighed with what the forest of violations expects. */
export class Model {
  readonly space: TreeSpace;
  readonly taught: Taught;
  /** Rows of the trials under way that the model counts with. */
  readonly pending: Float64Array;
  /** The best target that a trial has which is complete and feasible; undefined where there is none. */
  readonly best: number | undefined;
  /** Rows of the trials that the search sets out from, best first. */
  readonly starts: Int32Array;
  readonly #objective: RegressionForest;
  /** Of the violation; undefined where every trial is feasible. */
  readonly #violation: RegressionForest | undefined;
  #mean = new Float64Array(0);
  #variance = new Float64Array(0);

  /** `pending`: rows of the trials under way, each taken to come out as the forest without them expects. */
  constructor(space: TreeSpace, taught: Taught, pending: Float64Array, trees: number, rng: Rng) {
    this.space = space;
    this.taught = taught;
    const { count, x, y, violation, trusted } = taught;
    const { width, columns } = space;
    const ahead = width === 0 ? 0 : pending.length / width;
    this.pending = pending;
    const targets = logTargets(y);
    const fit = (to: Float64Array, label: string): RegressionForest => {
      const forest = new RegressionForest({ columns, x, width, targets: to, trees, rng: rng.fork(label) });
      if (ahead === 0) return forest;
      const believed = new Float64Array(count + ahead);
      believed.set(to);
      const variance = new Float64Array(ahead);
      forest.predict(pending, ahead, believed.subarray(count), variance);
      const all = new Float64Array(x.length + pending.length);
      all.set(x);
      all.set(pending, x.length);
      return new RegressionForest({ columns, x: all, width, targets: believed, trees, rng: rng.fork(label) });
    };
    this.#objective = fit(targets, "objective");
    const shares = violationShares(violation);
    this.#violation = shares === undefined ? undefined : fit(shares, "violation");
    const eligible = Int32Array.from({ length: count }, (_, i) => i).filter(
      i => trusted[i] === 1 && violation[i] === 0,
    );
    this.best = eligible.reduce<number | undefined>(
      (b, i) => (b === undefined ? targets[i] : Math.min(b, targets[i]!)),
      undefined,
    );
    const merit = Float64Array.from(targets, (t, i) => t + (shares?.[i] ?? 0) * 1e6);
    this.starts = argsort(merit);
  }

  /** What each of `count` rows is worth: larger is better. */
  score(x: Float64Array, count: number, out: Float64Array): void {
    if (this.#mean.length < count) {
      this.#mean = new Float64Array(count);
      this.#variance = new Float64Array(count);
    }
    const [mean, variance] = [this.#mean, this.#variance];
    if (this.best === undefined) {
      // Nothing feasible to improve on: where the least violation is expected, then the best value.
      const forest = this.#violation ?? this.#objective;
      forest.predict(x, count, mean, variance);
      for (let i = 0; i < count; i++) out[i] = -mean[i]! + Math.sqrt(variance[i]!);
      return;
    }
    this.#objective.predict(x, count, mean, variance);
    for (let i = 0; i < count; i++) out[i] = logTargetEi(this.best, mean[i]!, variance[i]!);
    if (this.#violation === undefined) return;
    // The share of trees that expect it to be feasible; where none does, a little, so that the order remains.
    this.#violation.below(0.25, x, count, mean);
    for (let i = 0; i < count; i++) out[i]! *= Math.max(mean[i]!, LEAST) / this.#violation.trees;
  }
}

/**
 * Targets of the forest of violations: 0 for a feasible trial, (1 + rank / n) / 2 for the n infeasible ones in the order of their
 * violation, the unknown ones last. Undefined where all are feasible.
 */
export function violationShares(violation: Float64Array): Float64Array | undefined {
  const order = argsort(violation);
  let feasible = 0;
  while (feasible < order.length && violation[order[feasible]!]! <= 0) feasible++;
  const n = order.length - feasible;
  if (n === 0) return undefined;
  const out = new Float64Array(order.length);
  for (let k = feasible; k < order.length; k++) out[order[k]!] = (1 + (k - feasible + 1) / n) / 2;
  return out;
}
