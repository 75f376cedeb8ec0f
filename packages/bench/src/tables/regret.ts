import type { Table } from "./table.ts";

/** Numbers of trials at which regret is read. */
export const CHECKPOINTS: readonly number[] = [10, 25, 50, 100];

/** regret[sampler][table][seed] = normalised regret at each checkpoint. Peers' results are stored in this form, too. */
export type Regret = Record<string, Record<string, number[][]>>;

/** (best - optimum) / (median - optimum): 0 at the optimum, 1 at the median configuration, in either direction. */
export function normalisedRegret(table: Table, best: number): number {
  return (best - table.optimum) / (table.median - table.optimum) + 0; // + 0: never -0
}

/** Normalised regret of the best value among the first n, for each n of `checkpoints`. */
export function regretCurve(table: Table, values: readonly number[], checkpoints = CHECKPOINTS): number[] {
  const sign = table.direction === "maximize" ? -1 : 1;
  return checkpoints.map(n => {
    let best = Infinity;
    for (const value of values.slice(0, n)) best = Math.min(best, sign * value);
    return normalisedRegret(table, sign * best);
  });
}

/** Mean over seeds (or tables) at each checkpoint. */
export function meanCurve(curves: readonly (readonly number[])[]): number[] {
  const length = curves[0]?.length ?? 0;
  return Array.from({ length }, (_, k) => curves.reduce((sum, curve) => sum + (curve[k] ?? NaN), 0) / curves.length);
}
