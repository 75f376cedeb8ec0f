/**
 * The split of the finished trials into "below" (good, what l is fitted to) and "above" (the rest, g): what all studies share. The order of
 * merit is in one-objective.ts and several-objectives.ts.
 */
import { STATE, type History } from "../../core/types.ts";

/** How many of n finished trials are good: ceil(0.1 n), at most 25 with one objective. */
export function defaultGamma(n: number, objectives: number): number {
  const tenth = Math.ceil(0.1 * n);
  return objectives > 1 ? tenth : Math.min(tenth, 25);
}

/** Age weight of the j-th of n trials (in the order of their numbers): a ramp from 1/n to 1, then 25 ones; all 1 below 25. */
export function ageWeight(j: number, n: number): number {
  if (j >= n - 25) return 1;
  const last = n - 26;
  return last === 0 ? 1 / n : 1 / n + (j * (1 - 1 / n)) / last;
}

/** The order of merit of the trials whose values may be ranked; follows a history that only grows. */
export interface Ranking {
  /** Trials that may be ranked. */
  readonly size: number;
  /** Finished trials seen. */
  readonly seen: number;
  clear(): void;
  /** Takes in what has finished since; sets ranked[number] to 1 where a trial may be ranked. */
  follow(history: History, ranked: Uint8Array): void;
  /** The numbers of the `count` best, in any order; count is at most `size`. Valid until the next call. */
  best(history: History, count: number): Int32Array;
}

/** How many finished trials can be ranked, counted up to `enough`. */
export function rankedCount(history: History, enough: number): number {
  let count = 0;
  for (let i = 0; i < history.finishedCount && count < enough; i++) {
    if (rankable(history, history.finished[i]!)) count++;
  }
  return count;
}

/** False when it failed, was told too late, or is complete without a finite value for every objective. */
export function rankable(history: History, number: number): boolean {
  const state = history.states[number];
  return history.ranked[number] === 1 && (state === STATE.complete || state === STATE.pruned);
}

/** Complete and feasible trials come before pruned ones, those before infeasible ones. */
export const COMPLETE = 0;
export const PRUNED = 1;
export const INFEASIBLE = 2;

/** A complete trial whose violation is unknown is infeasible; a pruned one is taken as feasible. */
export function rankClass(history: History, number: number): number {
  const pruned = history.states[number] === STATE.pruned;
  const violation = history.violation[number]!;
  if (violation > 0 || (Number.isNaN(violation) && !pruned)) return INFEASIBLE;
  return pruned ? PRUNED : COMPLETE;
}

/** Negative when the pruned trial a came further than b; no report last of all. */
export function compareSteps(history: History, a: number, b: number): number {
  return ascending(-history.lastStep[a]!, -history.lastStep[b]!);
}

/** Negative when the infeasible trial a violates less than b, an unknown violation last. */
export function compareViolations(history: History, a: number, b: number): number {
  return ascending(history.violation[a]!, history.violation[b]!);
}

/** Ascending, NaN last. */
export function ascending(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
}
