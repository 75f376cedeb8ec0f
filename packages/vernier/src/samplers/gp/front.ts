/**
 * Log expected hypervolume improvement for two objectives, exact: the region that a point would add to what the front dominates is cut into
 * strips between neighbours of the front, and in each the expectation is a product of two one-dimensional ones (Emmerich, Yang, Deutz,
 * Wang & Fonseca 2016, "A multicriteria generalization of Bayesian global optimization"). Sums in logs, so that it does not underflow.
 */
import { logH } from "./log-ei.ts";
import type { Score } from "./joint.ts";

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

/** The log of the expectation, as a function of the moments of both objectives. */
export class FrontScore implements Score {
  readonly slopes = new Float64Array(4);
  readonly #strips: Strips;
  /** log E[(y1 - edge)+] of each strip's lower edge, with its slopes by mean and deviation. */
  readonly #logs: Float64Array;
  readonly #byMean: Float64Array;
  readonly #byDeviation: Float64Array;
  readonly #terms: Float64Array;

  constructor(strips: Strips) {
    const { length } = strips.edges;
    this.#strips = strips;
    this.#logs = new Float64Array(length);
    this.#byMean = new Float64Array(length);
    this.#byDeviation = new Float64Array(length);
    this.#terms = new Float64Array(length);
  }

  /** log sum_i (E[(y1 - edge_i)+] - E[(y1 - edge_(i+1))+]) E[(y2 - height_i)+]. */
  at(moments: Float64Array): number {
    const mean1 = moments[0]!;
    const deviation1 = moments[1]!;
    const mean2 = moments[2]!;
    const deviation2 = moments[3]!;
    const { edges, heights } = this.#strips;
    const { length } = edges;
    const { slopes } = this;
    const logs = this.#logs;
    const byMean = this.#byMean;
    const byDeviation = this.#byDeviation;
    const terms = this.#terms;
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
