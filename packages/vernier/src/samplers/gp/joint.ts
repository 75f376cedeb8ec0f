/** A term of several objectives, each with a process of its own: a score of their means and standard deviations at a point. */
import type { Posterior } from "./posterior.ts";
import type { Term } from "./term.ts";

/** An objective: its posterior and the whitened values, those of trials under way 0: what is expected. */
export interface Objective {
  readonly posterior: Posterior;
  readonly u: Float64Array;
}

/** A function of the moments m_1, s_1, m_2, s_2, ...; sets its derivatives by them. */
export interface Score {
  readonly slopes: Float64Array;
  at(moments: Float64Array): number;
}

export class Joint implements Term {
  readonly cost: number;
  readonly #objectives: readonly Objective[];
  readonly #score: Score;
  readonly #count: number;
  readonly #solved: Float64Array;
  readonly #direction: Float64Array;
  readonly #variances = new Float64Array(4);
  readonly #moments: Float64Array;
  readonly #four: Float64Array;

  /** `count`: features of a point. */
  constructor(objectives: readonly Objective[], score: Score, count: number) {
    const n = Math.max(...objectives.map(({ posterior }) => posterior.n));
    this.#objectives = objectives;
    this.#score = score;
    this.#count = count;
    this.cost = 0.5 * objectives.length * n * n;
    this.#solved = new Float64Array(4 * n);
    this.#direction = new Float64Array(n);
    this.#moments = new Float64Array(2 * objectives.length);
    this.#four = new Float64Array(8 * objectives.length);
  }

  addValues(x: Float64Array, points: number, out: Float64Array): void {
    const w = this.#solved;
    const four = this.#four;
    const { length } = this.#moments;
    for (let from = 0; from < points; from += 4) {
      const some = Math.min(4, points - from);
      for (const [k, { posterior, u }] of this.#objectives.entries()) {
        posterior.solveFour(x, from * this.#count, some, w, this.#variances);
        for (let c = 0; c < some; c++) {
          let mean = 0;
          for (let i = 0; i < u.length; i++) mean += w[4 * i + c]! * u[i]!;
          four[c * length + 2 * k] = mean;
          four[c * length + 2 * k + 1] = Math.sqrt(this.#variances[c]!);
        }
      }
      for (let c = 0; c < some; c++) out[from + c]! += this.#score.at(four.subarray(c * length, (c + 1) * length));
    }
  }

  add(x: Float64Array, gradient: Float64Array): number {
    const moments = this.#moments;
    const solved: Float64Array[] = [];
    for (const [k, { posterior, u }] of this.#objectives.entries()) {
      const { solved: own, variance } = posterior.solve(x, 0);
      let mean = 0;
      for (let i = 0; i < u.length; i++) mean += own[i]! * u[i]!;
      solved.push(own);
      moments[2 * k] = mean;
      moments[2 * k + 1] = Math.sqrt(variance);
    }
    const value = this.#score.at(moments);
    for (const [k, { posterior, u }] of this.#objectives.entries()) {
      const byMean = this.#score.slopes[2 * k]!;
      // ds = -(W k) . d(W k) / s.
      const bySolved = this.#score.slopes[2 * k + 1]! / moments[2 * k + 1]!;
      for (let i = 0; i < posterior.n; i++) this.#direction[i] = byMean * u[i]! - bySolved * solved[k]![i]!;
      posterior.addGradient(this.#direction, gradient);
    }
    return value;
  }
}
