/** The best trials, kept up to date as trials finish: O(front) a trial, one sort for many at once. */
import { nonDominatedRanks } from "../math/pareto.ts";
import { STATE, type History } from "./types.ts";

/** More trials than this are sorted together: a study of 10,000 that is opened costs milliseconds, not 10,000 passes over its front. */
const MANY = 64;

/**
 * The non-dominated complete trials that meet every constraint. With one objective these are the trials tied for the best value,
 * the earliest first.
 */
export class Front {
  #history: History | undefined;
  #generation = 0;
  #read = 0;
  #numbers: number[] = [];

  /** Numbers of the trials on the front of this history, in the order they finished. */
  of(history: History): readonly number[] {
    if (this.#history !== history || this.#generation !== history.generation || this.#read > history.finishedCount) {
      this.#history = history;
      this.#generation = history.generation;
      this.#read = 0;
      this.#numbers = [];
    }
    if (history.finishedCount - this.#read > MANY) this.#insertAll(history);
    for (; this.#read < history.finishedCount; this.#read++) this.#insert(history, history.finished[this.#read]!);
    return this.#numbers;
  }

  #insertAll(history: History): void {
    const { objectives, values } = history;
    const k = objectives.length;
    const candidates = this.#numbers.slice();
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      if (isCandidate(history, number)) candidates.push(number);
    }
    const rows = new Float64Array(candidates.length * k);
    for (const [i, number] of candidates.entries()) {
      for (let j = 0; j < k; j++) {
        const value = values[number * k + j]!;
        rows[i * k + j] = objectives[j]!.direction === "maximize" ? -value : value;
      }
    }
    const ranks = nonDominatedRanks(rows, k, candidates.length, { enough: 1 });
    this.#numbers = candidates.filter((_, i) => ranks[i] === 0);
  }

  #insert(history: History, number: number): void {
    if (!isCandidate(history, number)) return;
    if (this.#numbers.some(member => compare(history, member, number) === "first")) return;
    this.#numbers = this.#numbers.filter(member => compare(history, number, member) !== "first");
    this.#numbers.push(number);
  }
}

/** Whether a trial may be called best: complete, ranked, every constraint met. */
export function isCandidate(history: History, number: number): boolean {
  return history.states[number] === STATE.complete && history.ranked[number] === 1 && history.violation[number] === 0;
}

/** Which of two trials dominates the other (Pareto): at least as good in every objective and better in one. */
function compare(history: History, a: number, b: number): "first" | "second" | "tie" | "neither" {
  const { objectives, values } = history;
  const k = objectives.length;
  let aBetter = false;
  let bBetter = false;
  for (let i = 0; i < k; i++) {
    const sign = objectives[i]!.direction === "maximize" ? -1 : 1;
    const difference = sign * (values[a * k + i]! - values[b * k + i]!);
    if (difference < 0) aBetter = true;
    else if (difference > 0) bBetter = true;
  }
  if (aBetter) return bBetter ? "neither" : "first";
  return bBetter ? "second" : "tie";
}

/** Whether a trial reaches every target there is. False without targets. */
export function reachesTargets(history: History, number: number): boolean {
  const { objectives, values } = history;
  let any = false;
  for (const [i, { direction, target }] of objectives.entries()) {
    if (target === undefined) continue;
    any = true;
    const value = values[number * objectives.length + i]!;
    if (direction === "maximize" ? !(value >= target) : !(value <= target)) return false;
  }
  return any && isCandidate(history, number);
}
