/**
 * CMA-ES with margin: Hamano, Saito, Nomura, Shirakawa 2022, "CMA-ES with margin: lower-bounding marginal probability for mixed-integer
 * black-box optimization", section 4. Discrete coordinates are rounded for the evaluation; after each update the probability of
 * leaving the current cell is kept above a margin, so that no integer is given up for good.
 */
import { normalCdf, normalQuantile } from "../../math/normal.ts";
import type { Strategy } from "./strategy.ts";

/** The cell of a number: its ends, infinite at the ends of the range. */
export type Cell = (v: number) => readonly [low: number, high: number];

export class Margin {
  /** A_j stretches coordinate j for rounding; 1 for continuous ones. */
  readonly stretch: Float64Array;
  /** The cells of discrete coordinates, undefined for continuous ones. */
  readonly #cells: readonly (Cell | undefined)[];

  constructor(cells: readonly (Cell | undefined)[]) {
    this.#cells = cells;
    this.stretch = new Float64Array(cells.length).fill(1);
  }

  /** A drawn coordinate as it is rounded: m + A (x - m). */
  stretched(strategy: Strategy, x: number, j: number): number {
    const m = strategy.mean[j]!;
    return m + this.stretch[j]! * (x - m);
  }

  /** Call after each update. */
  correct(strategy: Strategy): void {
    const { n, lambda } = strategy.constants;
    const margin = 1 / (n * lambda);
    for (const [j, cell] of this.#cells.entries()) {
      if (cell !== undefined) this.#correctOne(strategy, j, cell, margin);
    }
  }

  #correctOne(strategy: Strategy, j: number, cell: Cell, margin: number): void {
    const m = strategy.mean[j]!;
    const { n } = strategy.constants;
    const sd = strategy.sigma * Math.sqrt(strategy.C[strategy.separable ? j : j * n + j]!);
    const s = sd * this.stretch[j]!;
    let [low, high] = cell(m);
    if (low === -Infinity && high === Infinity) return; // a single value
    // In an edge cell there is one way out.
    if (low === -Infinity) low = high;
    if (high === Infinity) high = low;
    let down = normalCdf((low - m) / s);
    let up = normalCdf((m - high) / s);
    if (Math.max(down, up) > 0.5) {
      if (Math.min(down, up) < margin) strategy.mean[j] = high + Math.sign(m - high) * s * upperPoint(margin);
      return;
    }
    const stay = 1 - down - up;
    down = Math.max(down, margin / 2);
    up = Math.max(up, margin / 2);
    const sum = down + up + stay;
    const excess = (1 - sum) / (sum - 1.5 * margin);
    down = clipped(down + excess * (down - margin / 2));
    up = clipped(up + excess * (up - margin / 2));
    const [a, b] = [upperPoint(down), upperPoint(up)];
    this.stretch[j] = (high - low) / ((a + b) * sd);
    strategy.mean[j] = (low * b + high * a) / (a + b);
  }
}

/** z with P(Z > z) = p: the square root of the chi-squared quantile of 1 - 2 p, one degree of freedom. */
function upperPoint(p: number): number {
  return -normalQuantile(p);
}

function clipped(p: number): number {
  return Math.min(0.5 - 1e-10, Math.max(1e-10, p));
}
