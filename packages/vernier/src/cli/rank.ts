/** The best trial of stored records, or the front when there are several objectives. */
import type { StudySpec, TrialRecord } from "../core/types.ts";
import { isBetter, isFeasible } from "./view/progress.ts";

/** Complete trials whose values may be ranked: every objective finite, every constraint held, not deleted. */
export const rankable = (spec: StudySpec, trials: readonly TrialRecord[]): TrialRecord[] =>
  trials.filter(
    trial =>
      trial.state === "complete" &&
      trial.ranked &&
      !trial.deleted &&
      trial.metrics !== null &&
      Object.keys(spec.objectives).every(name => Number.isFinite(trial.metrics?.[name] ?? NaN)) &&
      isFeasible(trial.metrics, spec.constraints),
  );

/** One objective: the first trial with the best value, or none. Several: the trials that no other dominates, by the first objective. */
export const bestOf = (spec: StudySpec, trials: readonly TrialRecord[]): TrialRecord[] => {
  const objectives = Object.entries(spec.objectives);
  const value = (trial: TrialRecord, name: string): number => trial.metrics?.[name] ?? NaN;
  const able = rankable(spec, trials);
  const [first] = objectives;
  if (objectives.length === 1 && first !== undefined) {
    const [name, { direction }] = first;
    const best = able.reduce<TrialRecord | undefined>(
      (kept, trial) =>
        kept === undefined || isBetter(direction, value(trial, name), value(kept, name)) ? trial : kept,
      undefined,
    );
    return best === undefined ? [] : [best];
  }
  const dominates = (a: TrialRecord, b: TrialRecord): boolean =>
    objectives.every(([name, { direction }]) => !isBetter(direction, value(b, name), value(a, name))) &&
    objectives.some(([name, { direction }]) => isBetter(direction, value(a, name), value(b, name)));
  // Kept small: each trial meets only the front so far.
  let front: TrialRecord[] = [];
  for (const trial of able) {
    if (front.some(other => dominates(other, trial))) continue;
    front = front.filter(other => !dominates(trial, other));
    front.push(trial);
  }
  const sign = first?.[1].direction === "maximize" ? -1 : 1;
  return front.sort((a, b) => sign * (value(a, first?.[0] ?? "") - value(b, first?.[0] ?? "")) || a.number - b.number);
};
