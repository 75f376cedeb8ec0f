/**
 * When a run of the strategy has come to an end, and how the next one begins: Auger & Hansen 2005, "A restart CMA evolution strategy with
 * increasing population size" (IPOP); Hansen 2009, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed" (BIPOP).
 */
import type { Rng } from "../../math/rng.ts";
import type { Strategy } from "./strategy.ts";

export type RestartRule = "none" | "ipop" | "bipop";
export const RESTARTS: readonly RestartRule[] = ["none", "ipop", "bipop"];

const TOL_FUN = 1e-12;
const TOL_X = 1e-12;
const TOL_X_UP = 1e4;
const CONDITION = 1e14;

/** The reference implementation's criteria, as far as they are about a run as a whole. */
export class Stopping {
  readonly #sigma: number;
  /** Best value of each generation. */
  readonly #best: number[] = [];

  constructor(sigma: number) {
    this.#sigma = sigma;
  }

  /** Call after each generation with its feasible values, best first. */
  reached(strategy: Strategy, values: readonly number[]): boolean {
    const { n, lambda } = strategy.constants;
    const horizon = 10 + Math.ceil((30 * n) / lambda);
    if (values[0] !== undefined) this.#best.push(values[0]);
    const recent = this.#best.slice(-horizon);
    const flat =
      this.#best.length >= horizon &&
      Math.max(...recent) - Math.min(...recent) < TOL_FUN &&
      values.length > 0 &&
      values.at(-1)! - values[0]! < TOL_FUN;
    const widths = axes(strategy);
    const small =
      widths.every(width => strategy.sigma * width < TOL_X * this.#sigma) &&
      strategy.pc.every(p => strategy.sigma * Math.abs(p) < TOL_X * this.#sigma);
    return flat || small || strategy.spread > TOL_X_UP * this.#sigma || strategy.condition > CONDITION;
  }
}

function axes(strategy: Strategy): Float64Array {
  const { n } = strategy.constants;
  return Float64Array.from({ length: n }, (_, i) => Math.sqrt(strategy.C[strategy.separable ? i : i * n + i]!));
}

export interface Situation {
  /** Restarts, the coming one included. */
  readonly restarts: number;
  /** Population of the first run, and its step size. */
  readonly first: number;
  readonly sigma: number;
  readonly rng: Rng;
  /** Spent in runs with large and with small populations. */
  readonly evaluations: { readonly large: number; readonly small: number };
}

/** Population and step size of the next run. */
export function nextStart(
  rule: RestartRule,
  situation: Situation,
): { readonly lambda: number; readonly sigma: number } {
  const { restarts, first, sigma, rng, evaluations } = situation;
  const large = first * 2 ** restarts;
  if (rule !== "bipop" || evaluations.large <= evaluations.small) return { lambda: large, sigma };
  const u = rng.next();
  const lambda = Math.max(2, Math.floor(first * (large / (2 * first)) ** (u * u)));
  return { lambda, sigma: sigma * 10 ** (-2 * rng.next()) };
}
