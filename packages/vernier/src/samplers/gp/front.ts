/**
 * Log expected hypervolume improvement for two objectives, exact: the region that a point would add to what the front dominates is cut into
 * strips between neighbours of the front, and in each the expectation is a product of two one-dimensional ones (Emmerich, Yang, Deutz,
 * Wang & Fonseca 2016, "A multicriteria generalization of Bayesian global optimization"). Sums in logs, so that it does not underflow.
 */
import { logH } from "./log-ei.ts";
import type { Posterior } from "./posterior.ts";
import type { Term } from "./term.ts";

/** Strips narrower than this share of what lies beyond them count for nothing. */
const NARROW = 1e-12;

/** Strip i: the first objective from edges[i] to edges[i + 1] (the last without end), the second above heights[i]. */
export interface Strips {
  readonly edges: Float64Array;
  readonly heights: Float64Array;
}

/** The strips above a front: points [a, b], larger is better, in any order, dominated ones and those not beyond the reference allowed. */
export function stripsOf(points: readonly (readonly [number, number])[], reference: readonly [number, number]): Strips {
  const beyond = points.filter(([a, b]) => a > reference[0] && b > reference[1]);
  beyond.sort((p, q) => q[0] - p[0] || q[1] - p[1]);
  const front: (readonly [number, number])[] = [];
  for (const point of beyond) if (point[1] > (front.at(-1)?.[1] ?? -Infinity)) front.push(point);
  front.reverse();
  return {
    edges: Float64Array.from([reference[0], ...front.map(([a]) => a)]),
    heights: Float64Array.from([...front.map(([, b]) => b), reference[1]]),
  };
}

/** An objective: its posterior, the whitened values (those of trials under way are what is expected), and features of a point. */
export interface Objective {
  readonly posterior: Posterior;
  readonly u: Float64Array;
}

export class FrontImprovement implements Term {
  readonly cost: number;
  readonly #objectives: readonly [Objective, Objective];
  readonly #strips: Strips;
  readonly #count: number;
  readonly #solved: Float64Array;
  readonly #directions: readonly [Float64Array, Float64Array];
  readonly #variances = new Float64Array(4);
  /** log E[(y1 - edge)+] of each strip's lower edge, with its slopes by mean and deviation. */
  readonly #logs: Float64Array;
  readonly #byMean: Float64Array;
  readonly #byDeviation: Float64Array;
  readonly #terms: Float64Array;
  /** Set by `#log`: the derivatives by mean and deviation of both objectives. */
  readonly #slopes = new Float64Array(4);

  constructor(objectives: readonly [Objective, Objective], strips: Strips, count: number) {
    const n = objectives[0].posterior.n;
    this.#objectives = objectives;
    this.#strips = strips;
    this.#count = count;
    this.cost = n * n;
    this.#solved = new Float64Array(4 * n);
    this.#directions = [new Float64Array(n), new Float64Array(n)];
    const { length } = strips.edges;
    this.#logs = new Float64Array(length);
    this.#byMean = new Float64Array(length);
    this.#byDeviation = new Float64Array(length);
    this.#terms = new Float64Array(length);
  }

  addValues(x: Float64Array, points: number, out: Float64Array): void {
    const means = new Float64Array(8);
    const deviations = new Float64Array(8);
    const w = this.#solved;
    for (let from = 0; from < points; from += 4) {
      const four = Math.min(4, points - from);
      for (const [k, { posterior, u }] of this.#objectives.entries()) {
        posterior.solveFour(x, from * this.#count, four, w, this.#variances);
        for (let c = 0; c < four; c++) {
          let mean = 0;
          for (let i = 0; i < u.length; i++) mean += w[4 * i + c]! * u[i]!;
          means[2 * c + k] = mean;
          deviations[2 * c + k] = Math.sqrt(this.#variances[c]!);
        }
      }
      for (let c = 0; c < four; c++) {
        const [a, b] = [2 * c, 2 * c + 1];
        out[from + c]! += this.#log(means[a]!, deviations[a]!, means[b]!, deviations[b]!);
      }
    }
  }

  add(x: Float64Array, gradient: Float64Array): number {
    const solved: Float64Array[] = [];
    const at: number[] = [];
    for (const { posterior, u } of this.#objectives) {
      const { solved: own, variance } = posterior.solve(x, 0);
      let mean = 0;
      for (let i = 0; i < u.length; i++) mean += own[i]! * u[i]!;
      solved.push(own);
      at.push(mean, Math.sqrt(variance));
    }
    const value = this.#log(at[0]!, at[1]!, at[2]!, at[3]!);
    for (const [k, { posterior, u }] of this.#objectives.entries()) {
      const direction = this.#directions[k]!;
      const byMean = this.#slopes[2 * k]!;
      const byDeviation = this.#slopes[2 * k + 1]! / at[2 * k + 1]!;
      for (let i = 0; i < posterior.n; i++) direction[i] = byMean * u[i]! - byDeviation * solved[k]![i]!;
      posterior.addGradient(direction, gradient);
    }
    return value;
  }

  /** log sum_i (E[(y1 - edge_i)+] - E[(y1 - edge_(i+1))+]) E[(y2 - height_i)+]. */
  #log(mean1: number, deviation1: number, mean2: number, deviation2: number): number {
    const { edges, heights } = this.#strips;
    const { length } = edges;
    const [logs, byMean, byDeviation, terms, slopes] = [
      this.#logs,
      this.#byMean,
      this.#byDeviation,
      this.#terms,
      this.#slopes,
    ];
    for (let i = 0; i < length; i++) {
      const z = (mean1 - edges[i]!) / deviation1;
      logH.at(z);
      logs[i] = Math.log(deviation1) + logH.value;
      byMean[i] = logH.slope / deviation1;
      byDeviation[i] = (1 - z * logH.slope) / deviation1;
    }
    let largest = -Infinity;
    for (let i = 0; i < length; i++) {
      // What lies beyond the strip, as a share of what lies beyond its lower edge.
      const beyond = i + 1 < length ? Math.exp(logs[i + 1]! - logs[i]!) : 0;
      if (!(1 - beyond > NARROW)) {
        terms[i] = -Infinity;
        continue;
      }
      logH.at((mean2 - heights[i]!) / deviation2);
      terms[i] = logs[i]! + Math.log1p(-beyond) + Math.log(deviation2) + logH.value;
      if (terms[i]! > largest) largest = terms[i]!;
    }
    slopes.fill(0);
    if (largest === -Infinity) return -Infinity;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += Math.exp(terms[i]! - largest);
    for (let i = 0; i < length; i++) {
      const share = Math.exp(terms[i]! - largest) / sum;
      if (share === 0) continue;
      const last = i + 1 === length;
      const beyond = last ? 0 : Math.exp(logs[i + 1]! - logs[i]!);
      slopes[0]! += (share * (byMean[i]! - (last ? 0 : beyond * byMean[i + 1]!))) / (1 - beyond);
      slopes[1]! += (share * (byDeviation[i]! - (last ? 0 : beyond * byDeviation[i + 1]!))) / (1 - beyond);
      const z = (mean2 - heights[i]!) / deviation2;
      logH.at(z);
      slopes[2]! += (share * logH.slope) / deviation2;
      slopes[3]! += (share * (1 - z * logH.slope)) / deviation2;
    }
    return largest + Math.log(sum);
  }
}
