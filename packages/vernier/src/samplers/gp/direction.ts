/**
 * Log expected improvement in one direction, for any number of objectives. The hypervolume beyond a reference is the mean over directions of
 * how far the best point reaches, max over points of min_k (y_k - r_k) / lambda_k to a power (Golovin & Zhang 2020, "Random hypervolume
 * scalarizations for provable multi-objective black box optimization", lemma 5); so each trial improves the reach in a direction drawn for it.
 */
import { gaussLegendre } from "../../math/gauss-legendre.ts";
import { normalLogCdf, normalLogPdf } from "../../math/normal.ts";
import type { Score } from "./joint.ts";

const { nodes, weights } = gaussLegendre(24);
/** The integrand is followed until it has fallen by this power of e. */
const FALL = 25;

/** How far a point reaches: min_k (y_k - r_k) / lambda_k. */
export function reach(y: ArrayLike<number>, reference: ArrayLike<number>, direction: ArrayLike<number>): number {
  let least = Infinity;
  for (let k = 0; k < y.length; k++) least = Math.min(least, (y[k]! - reference[k]!) / direction[k]!);
  return least;
}

/** E[(reach - best)+] = integral over t > best of prod_k P(y_k > r_k + lambda_k t), in logs. */
export class DirectionScore implements Score {
  readonly slopes: Float64Array;
  readonly #reference: Float64Array;
  readonly #direction: Float64Array;
  readonly #best: number;
  readonly #logs = new Float64Array(nodes.length);

  constructor(reference: Float64Array, direction: Float64Array, best: number) {
    this.#reference = reference;
    this.#direction = direction;
    this.#best = best;
    this.slopes = new Float64Array(2 * reference.length);
  }

  at(moments: Float64Array): number {
    const count = this.#reference.length;
    const logs = this.#logs;
    let length = Infinity;
    for (let k = 0; k < count; k++) {
      const unit = moments[2 * k + 1]! / this.#direction[k]!;
      const start = -this.#z(moments, k, this.#best);
      // log Phi(-x) is about -x^2 / 2.
      length = Math.min(length, unit * (Math.sqrt(Math.max(0, start) ** 2 + 2 * FALL) - start));
    }
    let largest = -Infinity;
    for (const [j, node] of nodes.entries()) {
      let log = 0;
      for (let k = 0; k < count; k++) log += normalLogCdf(this.#z(moments, k, this.#best + length * node));
      logs[j] = log;
      if (log > largest) largest = log;
    }
    this.slopes.fill(0);
    if (!(largest > -Infinity)) return -Infinity;
    let sum = 0;
    for (let j = 0; j < nodes.length; j++) sum += weights[j]! * Math.exp(logs[j]! - largest);
    for (const [j, node] of nodes.entries()) {
      const share = (weights[j]! * Math.exp(logs[j]! - largest)) / sum;
      for (let k = 0; k < count; k++) {
        const z = this.#z(moments, k, this.#best + length * node);
        const byZ = (share * Math.exp(normalLogPdf(z) - normalLogCdf(z))) / moments[2 * k + 1]!;
        this.slopes[2 * k]! += byZ;
        this.slopes[2 * k + 1]! -= byZ * z;
      }
    }
    return largest + Math.log(length * sum);
  }

  /** (m_k - r_k - lambda_k t) / s_k. */
  #z(moments: Float64Array, k: number, t: number): number {
    return (moments[2 * k]! - this.#reference[k]! - this.#direction[k]! * t) / moments[2 * k + 1]!;
  }
}
