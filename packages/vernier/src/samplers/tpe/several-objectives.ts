/**
 * The order of merit with several objectives (Ozaki et al. 2020, "Multiobjective tree-structured Parzen estimator for computationally
 * expensive optimization problems", section 4; with Optuna 5's greedy choice within the last front):
 *
 * - complete, feasible trials by non-dominated rank; where the boundary cuts a front, its members are chosen one at a time, each time the one
 *   that adds most hypervolume to those chosen from this front before;
 * - pruned trials by the step they reached, those of one step by non-dominated rank of what they reported there;
 * - infeasible trials by the sum of their violations. All ties by number.
 */
import type { History } from "../../core/types.ts";
import { nonDominatedRanks, selectByHypervolume } from "../../math/index.ts";
import { COMPLETE, compareSteps, compareViolations, rankable, rankClass, type Ranking } from "./split.ts";

/** Stands for 0 in a reference point: Optuna's. */
const TINY = 1e-12;

export class SeveralObjectives implements Ranking {
  #seen = 0;
  /** Numbers by class, in the order in which they finished. */
  readonly #classes: readonly [number[], number[], number[]] = [[], [], []];
  /** The answer given last, and to what; -1: it no longer holds. */
  #best: Int32Array = new Int32Array(0);
  #bestOf = -1;
  /** The last front in that answer: a complete trial that one of its rows dominates changes nothing. */
  #last: Float64Array | undefined;

  get size(): number {
    const [complete, pruned, infeasible] = this.#classes;
    return complete.length + pruned.length + infeasible.length;
  }

  get seen(): number {
    return this.#seen;
  }

  clear(): void {
    this.#seen = 0;
    this.#bestOf = -1;
    for (const numbers of this.#classes) numbers.length = 0;
  }

  follow(history: History, ranked: Uint8Array): void {
    for (; this.#seen < history.finishedCount; this.#seen++) {
      const number = history.finished[this.#seen]!;
      if (!rankable(history, number)) continue;
      ranked[number] = 1;
      const kind = rankClass(history, number) as 0 | 1 | 2;
      this.#classes[kind].push(number);
      if (this.#last === undefined || (kind === COMPLETE && !isDominated(history, number, this.#last)))
        this.#bestOf = -1;
    }
  }

  best(history: History, count: number): Int32Array {
    if (this.#bestOf !== count) {
      this.#best = this.#choose(history, count);
      this.#bestOf = count;
    }
    return this.#best;
  }

  #choose(history: History, count: number): Int32Array {
    const [complete, pruned, infeasible] = this.#classes;
    const best = new Int32Array(count);
    let have = Math.min(count, complete.length);
    this.#last = undefined;
    if (have === complete.length) best.set(complete);
    else {
      const chosen = bestComplete(history, complete, have);
      best.set(chosen.numbers);
      if (have > 0) this.#last = chosen.last;
    }
    if (have < count) {
      const more = bestPruned(history, pruned, count - have);
      best.set(more, have);
      have += more.length;
    }
    if (have < count) {
      const sorted = infeasible.toSorted((a, b) => compareViolations(history, a, b) || a - b);
      best.set(sorted.slice(0, count - have), have);
    }
    return best;
  }
}

/** The `count` best of the numbers, fewer than there are, and the rows of the last front that has a part in them. */
function bestComplete(
  history: History,
  unordered: readonly number[],
  count: number,
): { readonly numbers: Int32Array; readonly last: Float64Array } {
  const numbers = Int32Array.from(unordered).sort();
  const m = history.objectives.length;
  const values = signedRows(history, numbers);
  const ranks = nonDominatedRanks(values, m, numbers.length, { enough: count });
  const sizes: number[] = [];
  for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
  // Fronts that fit whole, then part of the one that does not.
  let whole = 0;
  let have = 0;
  while (have + sizes[whole]! <= count) have += sizes[whole++]!;
  const best = new Int32Array(count);
  const front: number[] = [];
  let k = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (ranks[i]! < whole) best[k++] = numbers[i]!;
    else if (ranks[i] === whole) front.push(i);
  }
  for (const i of bestOfFront(values, m, front, count - have)) best[k++] = numbers[i]!;
  const lastRank = have < count ? whole : whole - 1;
  const last: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    if (ranks[i] === lastRank) for (let j = 0; j < m; j++) last.push(values[i * m + j]!);
  }
  return { numbers: best, last: Float64Array.from(last) };
}

/** Whether one of the rows, smaller is better, is nowhere worse than the trial and somewhere better. */
function isDominated(history: History, number: number, rows: Float64Array): boolean {
  const own = signedRows(history, [number]);
  const m = own.length;
  next: for (let at = 0; at < rows.length; at += m) {
    let better = false;
    for (let j = 0; j < m; j++) {
      if (rows[at + j]! > own[j]!) continue next;
      if (rows[at + j]! < own[j]!) better = true;
    }
    if (better) return true;
  }
  return false;
}

/**
 * k rows of a front by greedy hypervolume. Equal rows count once while others are left; ties go to what is first in lexicographic order
 * of the values, equal rows by their place.
 */
function bestOfFront(values: Float64Array, m: number, front: readonly number[], k: number): number[] {
  if (k === 0) return [];
  const compare = (a: number, b: number): number => {
    for (let j = 0; j < m; j++) {
      const difference = values[a * m + j]! - values[b * m + j]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const sorted = front.toSorted((a, b) => compare(a, b) || a - b);
  const distinct = sorted.filter((row, i) => i === 0 || compare(sorted[i - 1]!, row) !== 0);
  if (distinct.length <= k) {
    const taken = new Set(distinct);
    return [...distinct, ...front.filter(row => !taken.has(row)).slice(0, k - distinct.length)];
  }
  const points = new Float64Array(distinct.length * m);
  for (const [i, row] of distinct.entries()) points.set(values.subarray(row * m, row * m + m), i * m);
  return Array.from(selectByHypervolume(points, m, referenceOf(points, m), k), i => distinct[i]!);
}

/** Just beyond the worst in each value: max(1.1 worst, 0.9 worst), as worst may be negative; never 0. */
function referenceOf(points: Float64Array, m: number): Float64Array {
  const reference = new Float64Array(m).fill(-Infinity);
  for (let i = 0; i < points.length; i++) reference[i % m] = Math.max(reference[i % m]!, points[i]!);
  return reference.map(worst => Math.max(1.1 * worst, 0.9 * worst) || TINY);
}

function bestPruned(history: History, unordered: readonly number[], count: number): number[] {
  const sorted = unordered.toSorted((a, b) => compareSteps(history, a, b) || a - b);
  if (count >= sorted.length) return sorted;
  // Only the step that the boundary cuts needs ranks.
  const step = sorted[count]!;
  const start = sorted.findIndex(number => compareSteps(history, number, step) === 0);
  const end = sorted.findLastIndex(number => compareSteps(history, number, step) === 0) + 1;
  const same = sorted.slice(start, end);
  const ranks = nonDominatedRanks(signedRows(history, same), history.objectives.length);
  const order = Array.from(same.keys()).sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  return [...sorted.slice(0, start), ...order.slice(0, count - start).map(i => same[i]!)];
}

/** Objectives of some trials, smaller is better, one row each. */
function signedRows(history: History, numbers: ArrayLike<number>): Float64Array {
  const m = history.objectives.length;
  const signs = history.objectives.map(({ direction }) => (direction === "maximize" ? -1 : 1));
  const rows = new Float64Array(numbers.length * m);
  for (let i = 0; i < numbers.length; i++) {
    for (let j = 0; j < m; j++) rows[i * m + j] = signs[j]! * history.values[numbers[i]! * m + j]!;
  }
  return rows;
}
