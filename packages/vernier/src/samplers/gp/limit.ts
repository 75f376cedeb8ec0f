/** The log probability that a constrained metric keeps its bounds. */
import { logDiffCdf, normalLogCdf, normalLogPdf } from "../../math/normal.ts";
import type { Posterior } from "./posterior.ts";
import type { Term } from "./term.ts";

/** A constrained metric, bounds in the units of its posterior. */
export interface Bounded {
  readonly posterior: Posterior;
  /** Features of a point. */
  readonly count: number;
  readonly u: Float64Array;
  readonly min: number;
  readonly max: number;
}

export class Limit implements Term {
  readonly cost: number;
  readonly #metric: Bounded;
  readonly #solved: Float64Array;
  readonly #direction: Float64Array;
  readonly #variances = new Float64Array(4);

  constructor(metric: Bounded) {
    const { n } = metric.posterior;
    this.#metric = metric;
    this.cost = 0.5 * n * n;
    this.#solved = new Float64Array(4 * n);
    this.#direction = new Float64Array(n);
  }

  addValues(x: Float64Array, points: number, out: Float64Array): void {
    const { posterior, u, count } = this.#metric;
    const w = this.#solved;
    for (let from = 0; from < points; from += 4) {
      const four = Math.min(4, points - from);
      posterior.solveFour(x, from * count, four, w, this.#variances);
      for (let c = 0; c < four; c++) {
        let mean = 0;
        for (let i = 0; i < u.length; i++) mean += w[4 * i + c]! * u[i]!;
        out[from + c]! += this.#log(mean, Math.sqrt(this.#variances[c]!));
      }
    }
  }

  add(x: Float64Array, gradient: Float64Array): number {
    const { posterior, u, min, max } = this.#metric;
    const { solved, variance } = posterior.solve(x, 0);
    const deviation = Math.sqrt(variance);
    let mean = 0;
    for (let i = 0; i < u.length; i++) mean += solved[i]! * u[i]!;
    const log = this.#log(mean, deviation);
    if (log === -Infinity) return log;
    // dP = phi(a) (dm + a ds) / s - phi(b) (dm + b ds) / s at the bounds a and b in standard deviations.
    const density = (z: number): number => (Number.isFinite(z) ? Math.exp(normalLogPdf(z) - log) : 0);
    const [a, b] = [(min - mean) / deviation, (max - mean) / deviation];
    const [atA, atB] = [density(a), density(b)];
    const byMean = (atA - atB) / deviation;
    const byDeviation = ((atA === 0 ? 0 : atA * a) - (atB === 0 ? 0 : atB * b)) / deviation;
    for (let i = 0; i < u.length; i++) this.#direction[i] = byMean * u[i]! - (byDeviation / deviation) * solved[i]!;
    posterior.addGradient(this.#direction, gradient);
    return log;
  }

  #log(mean: number, deviation: number): number {
    const { min, max } = this.#metric;
    const [a, b] = [(min - mean) / deviation, (max - mean) / deviation];
    if (a === -Infinity) return normalLogCdf(b);
    if (b === Infinity) return normalLogCdf(-a);
    return logDiffCdf(a, b);
  }
}
