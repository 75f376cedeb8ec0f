/**
 * Trials in order of merit at one step, for studies with several objectives: feasible first (by violation), then by non-dominated
 * rank. What is missing ranks last.
 */
import type { History, Metrics } from "../core/types.ts";

/** A trial's standing at a step, smaller is better in every number. */
export interface Standing {
  /** Sum of violations of the reported constraints; unreported ones are taken as met. */
  readonly violation: number;
  /** Sign-flipped so that smaller is better; Infinity when missing. */
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
    return Number.isNaN(value) ? Infinity : direction === "maximize" ? -value : value;
  });
  return { violation, values };
}

/**
 * How many of `others` stand strictly before `own`: less violation, or the same and a better non-dominated rank (Deb et al. 2002,
 * fronts peeled off one by one among those of equal violation).
 */
export function countBefore(own: Standing, others: readonly Standing[]): number {
  let before = 0;
  let rest: Standing[] = [];
  for (const other of others) {
    if (other.violation < own.violation) before++;
    else if (other.violation === own.violation) rest.push(other);
  }
  while (rest.some(other => dominates(other.values, own.values))) {
    const next = rest.filter(one => rest.some(other => dominates(other.values, one.values)));
    before += rest.length - next.length;
    rest = next;
  }
  return before;
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) return false;
    if (a[i]! < b[i]!) better = true;
  }
  return better;
}
