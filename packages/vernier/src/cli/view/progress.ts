/** What a running study looks like from outside: a small fold of its trials, which both the plain lines and the live view draw. */
import { FINISHED } from "../../core/types.ts";
import type { ConstraintSpec, Direction, Metrics, ObjectiveSpec, TrialRecord, TrialState } from "../../core/types.ts";
import { oneLine } from "./style.ts";

/** The best trial so far by one objective, among those that hold every constraint. */
export interface Best {
  readonly objective: string;
  readonly value: number;
  readonly trial: TrialRecord;
}

export const isFeasible = (metrics: Metrics, constraints: Readonly<Record<string, ConstraintSpec>>): boolean =>
  Object.entries(constraints).every(([name, { min = -Infinity, max = Infinity }]) => {
    const value = metrics[name];
    return value !== undefined && value >= min && value <= max;
  });

export const isBetter = (direction: Direction, a: number, b: number): boolean =>
  direction === "minimize" ? a < b : a > b;

/** Why a trial failed, in one printable line. Of a program: how it ended and the last thing it said, which tell more than the rest. */
export const failureLine = (trial: TrialRecord): string => {
  const { error } = trial;
  if (error === null) return "failed";
  const message = oneLine(error.message);
  const [, code, signal] =
    error.kind === "exit" ? (/ended (?:with (exit code \d+)|by (SIG\w+))/.exec(message) ?? []) : [];
  const how = code ?? signal;
  if (how === undefined) return message;
  const last = oneLine((error.tail ?? "").trimEnd().split("\n").at(-1) ?? "");
  return last === "" ? message.slice(message.indexOf(how)) : `${how}: ${last}`;
};

export interface ProgressOptions {
  readonly objectives: Readonly<Record<string, ObjectiveSpec>>;
  readonly constraints: Readonly<Record<string, ConstraintSpec>>;
  /** Finished trials the study is to have; Infinity when only time stops it. */
  readonly trials: number;
  /** Ms since 1970 at which this run began. */
  readonly startedAt: number;
}

export class Progress {
  readonly options: ProgressOptions;
  /** Finished trials of the whole study by state. */
  readonly counts: Record<"complete" | "pruned" | "failed", number> = { complete: 0, pruned: 0, failed: 0 };
  readonly running = new Map<number, TrialRecord>();
  /** One entry an objective, in the order of the spec; absent until a feasible trial is complete. */
  readonly best = new Map<string, Best>();
  /** First objective of complete trials, as they finished. */
  readonly values: number[] = [];
  /** Newest first, at most 3. */
  failures: readonly TrialRecord[] = [];
  /** Trials finished since `startedAt`. */
  finishedNow = 0;
  readonly #states = new Map<number, TrialState>();

  constructor(options: ProgressOptions) {
    this.options = options;
  }

  get finished(): number {
    return this.counts.complete + this.counts.pruned + this.counts.failed;
  }

  /** Takes a trial as it is now. `before`: it belongs to an earlier run. Returns true when it has just finished. */
  see(trial: TrialRecord, before = false): boolean {
    const last = this.#states.get(trial.number);
    this.#states.set(trial.number, trial.state);
    if (trial.state === "running") this.running.set(trial.number, trial);
    else this.running.delete(trial.number);
    if (!FINISHED.has(trial.state) || last === trial.state || trial.deleted) return false;
    if (trial.state === "complete" || trial.state === "pruned" || trial.state === "failed") this.counts[trial.state]++;
    if (!before) this.finishedNow++;
    if (trial.state === "failed" && !before) this.failures = [trial, ...this.failures].slice(0, 3);
    if (trial.state === "complete") this.#rank(trial);
    return true;
  }

  #rank(trial: TrialRecord): void {
    const { metrics } = trial;
    if (metrics === null || !trial.ranked) return;
    const feasible = isFeasible(metrics, this.options.constraints);
    for (const [i, [name, { direction }]] of Object.entries(this.options.objectives).entries()) {
      const value = metrics[name];
      if (value === undefined || !Number.isFinite(value)) continue;
      if (i === 0) this.values.push(value);
      const best = this.best.get(name);
      if (feasible && (best === undefined || isBetter(direction, value, best.value)))
        this.best.set(name, { objective: name, value, trial });
    }
  }

  /** True for the trial that is the best by some objective right now. */
  isBest(trial: TrialRecord): boolean {
    return [...this.best.values()].some(best => best.trial.number === trial.number);
  }

  /** Trials per second of this run; NaN before the first. */
  rate(now: number): number {
    return this.finishedNow === 0 ? NaN : this.finishedNow / Math.max(1e-3, (now - this.options.startedAt) / 1000);
  }

  /** Ms until the last trial at the present rate; NaN when nothing is known. */
  eta(now: number): number {
    const left = this.options.trials - this.finished;
    return Number.isFinite(left) ? (Math.max(0, left) / this.rate(now)) * 1000 : NaN;
  }
}
