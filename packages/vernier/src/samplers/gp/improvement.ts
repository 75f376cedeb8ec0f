/** Log expected improvement over the best value, averaged over what trials under way may come to. */
import { logH } from "./log-ei.ts";
import type { Posterior } from "./posterior.ts";
import type { Term } from "./term.ts";

/** The objective, larger is better: a posterior whose last points are under way, and the whitened values of it. */
export interface Goal {
  readonly posterior: Posterior;
  /** Features of a point. */
  readonly count: number;
  /** W y of the points whose values are known. */
  readonly u: Float64Array;
  /** Standard normal values of the others, one row a fantasy, u.length + columns = posterior.n. */
  readonly fantasies: readonly Float64Array[];
  /** The best value in each fantasy. */
  readonly bests: Float64Array;
}

export class Improvement implements Term {
  readonly cost: number;
  readonly #goal: Goal;
  readonly #solved: Float64Array;
  readonly #direction: Float64Array;
  readonly #variances = new Float64Array(4);
  readonly #shares: Float64Array;
  readonly #logs: Float64Array;
  readonly #zs: Float64Array;

  constructor(goal: Goal) {
    const { n } = goal.posterior;
    const { length } = goal.fantasies;
    this.#goal = goal;
    this.cost = 0.5 * n * n;
    this.#solved = new Float64Array(4 * n);
    this.#direction = new Float64Array(n);
    this.#shares = new Float64Array(length);
    this.#logs = new Float64Array(length);
    this.#zs = new Float64Array(length);
  }

  addValues(x: Float64Array, points: number, out: Float64Array): void {
    const { posterior, u, count } = this.#goal;
    const w = this.#solved;
    for (let from = 0; from < points; from += 4) {
      const four = Math.min(4, points - from);
      posterior.solveFour(x, from * count, four, w, this.#variances);
      for (let c = 0; c < four; c++) {
        let mean = 0;
        for (let i = 0; i < u.length; i++) mean += w[4 * i + c]! * u[i]!;
        out[from + c]! += this.#log(mean, Math.sqrt(this.#variances[c]!), w, 4, 4 * u.length + c);
      }
    }
  }

  add(x: Float64Array, gradient: Float64Array): number {
    const { posterior, u, fantasies } = this.#goal;
    const direction = this.#direction;
    const { solved, variance } = posterior.solve(x, 0);
    const deviation = Math.sqrt(variance);
    const known = u.length;
    let mean = 0;
    for (let i = 0; i < known; i++) mean += solved[i]! * u[i]!;
    const value = this.#log(mean, deviation, solved, 1, known);
    // d = sum_f a_f (dm_f - z_f ds) / s + ds / s with a_f = share_f h'/h, ds = -(W k) . d(W k) / s.
    let [all, weighted] = [0, 0];
    for (const [f, share] of this.#shares.entries()) {
      all += share;
      weighted += share * this.#zs[f]!;
    }
    const bySolved = (1 - weighted) / variance;
    for (let i = 0; i < known; i++) direction[i] = (all * u[i]!) / deviation - bySolved * solved[i]!;
    for (let i = known; i < posterior.n; i++) {
      let sum = 0;
      for (const [f, share] of this.#shares.entries()) sum += share * fantasies[f]![i - known]!;
      direction[i] = sum / deviation - bySolved * solved[i]!;
    }
    posterior.addGradient(direction, gradient);
    return value;
  }

  /**
   * log mean_f s h(z_f), z_f = (m_f - best_f) / s, the mean moved by the fantasy: its numbers meet w[from], w[from + stride], ... Leaves
   * share_f h'/h (share: of fantasy f in the mean) and z_f behind.
   */
  #log(mean: number, deviation: number, w: Float64Array, stride: number, from: number): number {
    const { fantasies, bests } = this.#goal;
    const logs = this.#logs;
    let largest = -Infinity;
    for (let f = 0; f < fantasies.length; f++) {
      const fantasy = fantasies[f]!;
      let moved = mean;
      for (let j = 0; j < fantasy.length; j++) moved += w[from + j * stride]! * fantasy[j]!;
      const z = (moved - bests[f]!) / deviation;
      logH.at(z);
      this.#zs[f] = z;
      this.#shares[f] = logH.slope;
      logs[f] = logH.value;
      if (logH.value > largest) largest = logH.value;
    }
    if (fantasies.length === 1) return Math.log(deviation) + largest;
    let sum = 0;
    for (let f = 0; f < fantasies.length; f++) sum += logs[f] = Math.exp(logs[f]! - largest);
    for (let f = 0; f < fantasies.length; f++) this.#shares[f]! *= logs[f]! / sum;
    return Math.log(deviation) + largest + Math.log(sum / fantasies.length);
  }
}
