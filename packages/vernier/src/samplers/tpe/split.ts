/**
 * The split of the finished trials into "below" (good, what l is fitted to) and "above" (the rest, g). One objective.
 */
import { STATE, type History } from "../../core/types.ts";

/** How many of n finished trials are good: ceil(0.1 n), at most 25. */
export function defaultGamma(n: number): number {
  return Math.min(Math.ceil(0.1 * n), 25);
}

/** Age weight of the j-th of n trials (in the order of their numbers): a ramp from 1/n to 1, then 25 ones; all 1 below 25. */
export function ageWeight(j: number, n: number): number {
  if (j >= n - 25) return 1;
  const last = n - 26;
  return last === 0 ? 1 / n : 1 / n + (j * (1 - 1 / n)) / last;
}

/**
 * Trials whose value may be ranked, best first: complete ones by value; then pruned ones by the last step they reached (largest first), then
 * by their value there (NaN last, no report last of all); then infeasible ones by the sum of their violations. Ties by number.
 * A complete trial whose violation is unknown is infeasible without bound; a pruned one is taken as feasible.
 */
export class Ranking {
  /** Trial numbers, best first; the first `size` count. */
  order = new Int32Array(16);
  size = 0;

  clear(): void {
    this.size = 0;
  }

  /** Adds a finished trial; false when it cannot be ranked (failed, told too late, without finite value). */
  add(history: History, number: number): boolean {
    if (!rankable(history, number)) return false;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (compare(history, this.order[mid]!, number) < 0) low = mid + 1;
      else high = mid;
    }
    this.#reserve(this.size + 1);
    this.order.copyWithin(low + 1, low, this.size);
    this.order[low] = number;
    this.size++;
    return true;
  }

  /** Replaces everything by the first `count` finished trials; one sort. */
  fill(history: History, count: number): void {
    this.#reserve(count);
    this.size = 0;
    for (let i = 0; i < count; i++) {
      const number = history.finished[i]!;
      if (rankable(history, number)) this.order[this.size++] = number;
    }
    this.order.subarray(0, this.size).sort((a, b) => compare(history, a, b));
  }

  #reserve(length: number): void {
    if (length <= this.order.length) return;
    const grown = new Int32Array(Math.max(length, Math.ceil(1.5 * this.order.length)));
    grown.set(this.order);
    this.order = grown;
  }
}

/** How many finished trials can be ranked, counted up to `enough`. */
export function rankedCount(history: History, enough: number): number {
  let count = 0;
  for (let i = 0; i < history.finishedCount && count < enough; i++) {
    if (rankable(history, history.finished[i]!)) count++;
  }
  return count;
}

function rankable(history: History, number: number): boolean {
  const state = history.states[number];
  return history.ranked[number] === 1 && (state === STATE.complete || state === STATE.pruned);
}

/** Negative when trial a is better than trial b. */
function compare(history: History, a: number, b: number): number {
  const classA = rankClass(history, a);
  const classB = rankClass(history, b);
  if (classA !== classB) return classA - classB;
  let difference: number;
  if (classA === INFEASIBLE) difference = ascending(history.violation[a]!, history.violation[b]!);
  else {
    difference = classA === PRUNED ? ascending(-history.lastStep[a]!, -history.lastStep[b]!) : 0;
    if (difference === 0) difference = ascending(signed(history, a), signed(history, b));
  }
  return difference === 0 ? a - b : difference;
}

const COMPLETE = 0;
const PRUNED = 1;
const INFEASIBLE = 2;

function rankClass(history: History, number: number): number {
  const pruned = history.states[number] === STATE.pruned;
  const violation = history.violation[number]!;
  if (violation > 0 || (Number.isNaN(violation) && !pruned)) return INFEASIBLE;
  return pruned ? PRUNED : COMPLETE;
}

/** The first objective's value, smaller is better. */
function signed(history: History, number: number): number {
  const value = history.values[number * history.objectives.length]!;
  return history.objectives[0]?.direction === "maximize" ? -value : value;
}

/** Ascending, NaN last. */
function ascending(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
}
