/**
 * Trials in order of merit at one step, for studies with several objectives: feasible first (by violation), then by non-dominated
 * rank, then by hypervolume contribution. What is missing ranks last.
 */
import type { History, Metrics } from "../core/types.ts";
import { hypervolumeContributions } from "../math/hypervolume.ts";
import { nonDominatedRanks } from "../math/pareto.ts";

/** A trial's standing at a step, smaller is better in every number. */
export interface Standing {
  /** Sum of violations of the reported constraints; unreported ones are taken as met. */
  readonly violation: number;
  /** Sign-flipped so that smaller is better; NaN when missing. */
  readonly values: readonly number[];
}

/** How metrics stand. */
export function standing(
  metrics: Metrics,
  { objectives, constraints }: Pick<History, "objectives" | "constraints">,
): Standing {
  let violation = 0;
  for (const { name, min, max } of constraints) {
    const value = metrics[name];
    if (value === undefined) continue;
    if (Number.isNaN(value)) violation = Infinity;
    if (min !== undefined && value < min) violation += min - value;
    if (max !== undefined && value > max) violation += value - max;
  }
  const values = objectives.map(({ name, direction }) => {
    const value = metrics[name] ?? NaN;
    return direction === "maximize" ? -value : value;
  });
  return { violation, values };
}

/**
 * Whether more than half of `others` stand strictly before `own`: less violation; or the same and a smaller non-dominated rank; or the same
 * rank and a larger hypervolume contribution within it, up to the reference max(1.1 w, 0.9 w), w the worst finite value of those with this
 * violation. About n log n for n others; where ranks alone do not decide, f^2 more for a front of f.
 */
export function isBehindHalf(own: Standing, others: readonly Standing[]): boolean {
  const half = others.length / 2;
  const m = own.values.length;
  const rows = [...own.values];
  let before = 0;
  for (const other of others) {
    if (other.violation < own.violation) before++;
    else if (other.violation === own.violation) rows.push(...other.values);
  }
  if (before > half || before + rows.length / m - 1 <= half) return before > half;
  const values = Float64Array.from(rows);
  const ranks = nonDominatedRanks(values, m);
  const rank = ranks[0]!;
  const peers: number[] = [];
  for (let i = 0; i < ranks.length; i++) {
    if (ranks[i]! < rank) before++;
    else if (ranks[i] === rank) peers.push(i);
  }
  if (before > half || before + peers.length - 1 <= half) return before > half;
  return before + countLarger(values, m, peers) > half;
}

/** How many of these rows contribute more to their hypervolume than the first. None where the first has no place in it. */
function countLarger(values: Float64Array, m: number, rows: readonly number[]): number {
  const reference = referenceOf(values, m);
  const first = values.subarray(rows[0]! * m, rows[0]! * m + m);
  if (reference === undefined || first.some(Number.isNaN)) return 0;
  const points = new Float64Array(rows.length * m);
  for (const [k, i] of rows.entries()) points.set(values.subarray(i * m, i * m + m), k * m);
  const [own = 0, ...contributions] = hypervolumeContributions(points, m, reference);
  return contributions.filter(each => each > own).length;
}

/** As the card of the samplers has it for several objectives; undefined where an objective has no finite value. */
function referenceOf(values: Float64Array, m: number): number[] | undefined {
  const worst = Array<number>(m).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) worst[i % m] = Math.max(worst[i % m]!, values[i]!);
  }
  if (worst.includes(-Infinity)) return undefined;
  return worst.map(w => Math.max(1.1 * w, 0.9 * w) || 1e-12);
}
