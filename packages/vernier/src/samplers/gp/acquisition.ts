/**
 * What a point is worth: the log of the improvement to be expected plus the log probability that each constraint holds (Gelbart, Snoek &
 * Adams 2014, "Bayesian optimization with unknown constraints").
 */
import type { Term } from "./term.ts";

/** The worth of hopeless points is kept above minus infinity, so that they can still be compared. */
const HOPELESS = -1e15;

export class Acquisition {
  readonly #terms: readonly Term[];

  constructor(terms: readonly Term[]) {
    this.#terms = terms;
  }

  /** Multiply-adds a point, about. */
  get cost(): number {
    return this.#terms.reduce((sum, { cost }) => sum + cost, 0);
  }

  /** The worth of `points` points, features at x[0...]. */
  values(x: Float64Array, points: number, out: Float64Array): void {
    out.fill(0, 0, points);
    for (const term of this.#terms) term.addValues(x, points, out);
    for (let i = 0; i < points; i++) if (!(out[i]! > HOPELESS)) out[i] = HOPELESS;
  }

  /** The worth of one point, and its gradient by the features that are numbers. */
  at(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = 0;
    for (const term of this.#terms) value += term.add(x, gradient);
    return value > HOPELESS ? value : HOPELESS;
  }
}
