/**
 * What a point is worth: log expected improvement over the best value, averaged over what trials under way may come to, plus the log
 * probability that each constraint holds (Gelbart, Snoek & Adams 2014, "Bayesian optimization with unknown constraints").
 */
import { logDiffCdf, normalLogCdf, normalLogPdf } from "../../math/normal.ts";
import { logH } from "./log-ei.ts";
import type { Posterior } from "./posterior.ts";

/** The objective, larger is better: a posterior whose last points are under way, and the whitened values of it. */
export interface Goal {
  readonly posterior: Posterior;
  /** W y of the points whose values are known. */
  readonly u: Float64Array;
  /** Standard normal values of the others, one row a fantasy, u.length + columns = posterior.n. */
  readonly fantasies: readonly Float64Array[];
  /** The best value in each fantasy. */
  readonly bests: Float64Array;
}
/** A constrained metric, in standardised units. */
export interface Limit {
  readonly posterior: Posterior;
  readonly u: Float64Array;
  readonly min: number;
  readonly max: number;
}

/** The worth of hopeless points is kept above minus infinity, so that they can still be compared. */
const HOPELESS = -1e15;

export class Acquisition {
  readonly #goal: Goal | undefined;
  readonly #limits: readonly Limit[];
  readonly #count: number;
  readonly #out: Float64Array;
  readonly #direction: Float64Array;
  readonly #variances = new Float64Array(4);
  readonly #shares: Float64Array;
  readonly #logs: Float64Array;
  readonly #zs: Float64Array;

  /** Without a goal (nothing feasible is known) only feasibility counts. `count`: features of a point. */
  constructor(goal: Goal | undefined, limits: readonly Limit[], count: number) {
    this.#goal = goal;
    this.#limits = limits;
    this.#count = count;
    const n = Math.max(goal?.posterior.n ?? 0, ...limits.map(({ posterior }) => posterior.n));
    this.#out = new Float64Array(4 * n);
    this.#direction = new Float64Array(n);
    const fantasies = goal?.fantasies.length ?? 0;
    this.#shares = new Float64Array(fantasies);
    this.#logs = new Float64Array(fantasies);
    this.#zs = new Float64Array(fantasies);
  }

  /** The worth of `points` points, features at x[0...]. */
  values(x: Float64Array, points: number, out: Float64Array): void {
    out.fill(0, 0, points);
    const w = this.#out;
    for (let from = 0; from < points; from += 4) {
      const four = Math.min(4, points - from);
      if (this.#goal !== undefined) {
        const { posterior, u } = this.#goal;
        posterior.solveFour(x, from * this.#count, four, w, this.#variances);
        for (let c = 0; c < four; c++) {
          let mean = 0;
          for (let i = 0; i < u.length; i++) mean += w[4 * i + c]! * u[i]!;
          out[from + c]! += this.#improvement(mean, Math.sqrt(this.#variances[c]!), w, 4, 4 * u.length + c);
        }
      }
      for (const limit of this.#limits) {
        limit.posterior.solveFour(x, from * this.#count, four, w, this.#variances);
        for (let c = 0; c < four; c++) {
          let mean = 0;
          for (let i = 0; i < limit.u.length; i++) mean += w[4 * i + c]! * limit.u[i]!;
          out[from + c]! += logChance(limit, mean, Math.sqrt(this.#variances[c]!));
        }
      }
      for (let c = 0; c < four; c++) if (!(out[from + c]! > HOPELESS)) out[from + c] = HOPELESS;
    }
  }

  /** The worth of one point, and its gradient by the features that are numbers. */
  at(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = 0;
    const direction = this.#direction;
    if (this.#goal !== undefined) {
      const { posterior, u, fantasies } = this.#goal;
      const { solved, variance } = posterior.solve(x, 0);
      const deviation = Math.sqrt(variance);
      const known = u.length;
      let mean = 0;
      for (let i = 0; i < known; i++) mean += solved[i]! * u[i]!;
      value += this.#improvement(mean, deviation, solved, 1, known);
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
    }
    for (const limit of this.#limits) {
      const { solved, variance } = limit.posterior.solve(x, 0);
      const deviation = Math.sqrt(variance);
      let mean = 0;
      for (let i = 0; i < limit.u.length; i++) mean += solved[i]! * limit.u[i]!;
      const log = logChance(limit, mean, deviation);
      value += log;
      if (!(log > HOPELESS)) continue;
      const [a, b] = [(limit.min - mean) / deviation, (limit.max - mean) / deviation];
      const [atA, atB] = [a, b].map(z => (Number.isFinite(z) ? Math.exp(normalLogPdf(z) - log) : 0)) as [
        number,
        number,
      ];
      const byMean = (atA - atB) / deviation;
      const byDeviation = ((atA === 0 ? 0 : atA * a) - (atB === 0 ? 0 : atB * b)) / deviation;
      for (let i = 0; i < limit.u.length; i++) {
        direction[i] = byMean * limit.u[i]! - (byDeviation / deviation) * solved[i]!;
      }
      limit.posterior.addGradient(direction, gradient);
    }
    return value > HOPELESS ? value : HOPELESS;
  }

  /**
   * log mean_f s h(z_f), z_f = (m_f - best_f) / s, the mean moved by the fantasy: its numbers meet w[from], w[from + stride], ... Leaves
   * share_f h'/h (share: of fantasy f in the mean) and z_f behind.
   */
  #improvement(mean: number, deviation: number, w: Float64Array, stride: number, from: number): number {
    const { fantasies, bests } = this.#goal!;
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

/** log P(min <= metric <= max). */
function logChance({ min, max }: Limit, mean: number, deviation: number): number {
  const [a, b] = [(min - mean) / deviation, (max - mean) / deviation];
  if (a === -Infinity) return normalLogCdf(b);
  if (b === Infinity) return normalLogCdf(-a);
  return logDiffCdf(a, b);
}
