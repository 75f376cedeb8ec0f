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
  /** Trials that may be ranked. */
  size = 0;
  /** Finished trials seen. */
  #seen = 0;
  /** The best trials, best first: `#kept` of them, all or as many as there is room for. */
  #top = new Int32Array(64);
  #kept = 0;

  get seen(): number {
    return this.#seen;
  }

  clear(): void {
    this.size = 0;
    this.#seen = 0;
    this.#kept = 0;
  }

  /** Takes in what has finished since; sets ranked[number] to 1 where a trial may be ranked. */
  follow(history: History, ranked: Uint8Array): void {
    for (; this.#seen < history.finishedCount; this.#seen++) {
      const number = history.finished[this.#seen]!;
      if (!rankable(history, number)) continue;
      ranked[number] = 1;
      this.size++;
      this.#offer(history, number);
    }
  }

  /** The numbers of the `count` best, best first; count is at most `size`. */
  best(history: History, count: number): Int32Array {
    if (count > this.#kept) this.#refill(history, Math.min(this.size, 2 * count));
    return this.#top.subarray(0, count);
  }

  #offer(history: History, number: number): void {
    const top = this.#top;
    if (this.#kept === top.length) {
      if (compare(history, top[this.#kept - 1]!, number) < 0) return;
      this.#kept--;
    }
    let low = 0;
    let high = this.#kept;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (compare(history, top[mid]!, number) < 0) low = mid + 1;
      else high = mid;
    }
    top.copyWithin(low + 1, low, this.#kept);
    top[low] = number;
    this.#kept++;
  }

  /** Finds the `room` best anew. */
  #refill(history: History, room: number): void {
    const all = new Int32Array(this.size);
    for (let i = 0, k = 0; i < this.#seen; i++) {
      const number = history.finished[i]!;
      if (rankable(history, number)) all[k++] = number;
    }
    all.sort((a, b) => compare(history, a, b));
    this.#top = all.slice(0, room);
    this.#kept = room;
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
