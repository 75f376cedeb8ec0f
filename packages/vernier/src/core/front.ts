/** The best trials, kept up to date as trials finish: O(front) a trial, never a pass over the study. */
import { STATE, type History } from "./types.ts";

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
    for (; this.#read < history.finishedCount; this.#read++) this.#insert(history, history.finished[this.#read]!);
    return this.#numbers;
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
