/** What a trial is worth: its objective values, how far it breaks the constraints, and whether it may be ranked. */
import type { History, Metrics, TrialRecord } from "./types.ts";

/** Filled by `measure`; one scratch object serves a whole history. */
export interface Measured {
  /** One a objective, as told; NaN when missing. */
  readonly values: Float64Array;
  /** Sum of positive violations; 0 feasible or without constraints, NaN while a constrained metric is unknown. */
  violation: number;
  ranked: 0 | 1;
}

/**
 * Measures a trial. A pruned trial is worth its newest visible report (what it was told stands in where it reported nothing);
 * a complete or failed one what it was told; others nothing yet.
 */
export function measure(
  record: TrialRecord,
  objectives: History["objectives"],
  constraints: History["constraints"],
  out: Measured,
): void {
  const { state } = record;
  const pruned = state === "pruned";
  const first: Metrics | null = pruned ? (record.last?.metrics ?? null) : null;
  const second = pruned || state === "complete" || state === "failed" ? record.metrics : null;
  let finite = true;
  for (let k = 0; k < objectives.length; k++) {
    const value = lookUp(first, second, objectives[k]!.name);
    out.values[k] = value;
    if (value - value !== 0) finite = false;
  }
  out.violation = 0;
  for (const { name, min, max } of constraints) {
    const value = lookUp(first, second, name);
    // NaN - bound is NaN, and the sum keeps it: one unknown metric makes the whole unknown.
    if (Number.isNaN(value)) out.violation = NaN;
    if (min !== undefined && value < min) out.violation += min - value;
    if (max !== undefined && value > max) out.violation += value - max;
  }
  out.ranked = record.ranked && (pruned || (state === "complete" && finite)) ? 1 : 0;
}

function lookUp(first: Metrics | null, second: Metrics | null, name: string): number {
  return first?.[name] ?? second?.[name] ?? NaN;
}
