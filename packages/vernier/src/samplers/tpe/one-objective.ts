/** The order of merit with one objective. */
import type { History } from "../../core/types.ts";
import {
  ascending,
  compareSteps,
  compareViolations,
  INFEASIBLE,
  PRUNED,
  rankable,
  rankClass,
  type Ranking,
} from "./split.ts";

/**
 * Trials whose value may be ranked, best first: complete ones by value; then pruned ones by the last step they reached (largest first), then
 * by their value there (NaN last, no report last of all); then infeasible ones by the sum of their violations. Ties by number.
 * A complete trial whose violation is unknown is infeasible without bound; a pruned one is taken as feasible.
 */
export class OneObjective implements Ranking {
  size = 0;
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

  follow(history: History, ranked: Uint8Array): void {
    for (; this.#seen < history.finishedCount; this.#seen++) {
      const number = history.finished[this.#seen]!;
      if (!rankable(history, number)) continue;
      ranked[number] = 1;
      this.size++;
      this.#offer(history, number);
    }
  }

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

/** Negative when trial a is better than trial b. */
function compare(history: History, a: number, b: number): number {
  const classA = rankClass(history, a);
  const classB = rankClass(history, b);
  if (classA !== classB) return classA - classB;
  let difference: number;
  if (classA === INFEASIBLE) difference = compareViolations(history, a, b);
  else {
    difference = classA === PRUNED ? compareSteps(history, a, b) : 0;
    if (difference === 0) difference = ascending(signed(history, a), signed(history, b));
  }
  return difference === 0 ? a - b : difference;
}

/** The objective's value, smaller is better. */
function signed(history: History, number: number): number {
  const value = history.values[number]!;
  return history.objectives[0]?.direction === "maximize" ? -value : value;
}
