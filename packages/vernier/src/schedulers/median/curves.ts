/** What complete trials reported at each step, kept sorted, so that a median costs no pass over the study. */
import { STATE, type History } from "../../core/types.ts";

/** Sorted values by step, of one objective. Follows a history; built anew when its generation changes. */
export class Curves {
  #generation = -1;
  #read = 0;
  #complete = 0;
  readonly #steps = new Map<number, number[]>();

  /** Complete trials seen. */
  get complete(): number {
    return this.#complete;
  }

  follow(history: History): void {
    if (history.generation !== this.#generation || history.finishedCount < this.#read) {
      this.#generation = history.generation;
      this.#read = 0;
      this.#complete = 0;
      this.#steps.clear();
    }
    const name = history.objectives[0]!.name;
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      if (history.states[number] !== STATE.complete) continue;
      this.#complete++;
      for (const { step, metrics } of history.reports(number)) {
        const value = metrics[name];
        if (value !== undefined && !Number.isNaN(value)) this.#add(step, value);
      }
    }
  }

  /** Ascending; NaN left out. */
  at(step: number): readonly number[] {
    return this.#steps.get(step) ?? NONE;
  }

  #add(step: number, value: number): void {
    const values = this.#steps.get(step);
    if (values === undefined) {
      this.#steps.set(step, [value]);
      return;
    }
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    values.splice(low, 0, value);
  }
}
const NONE: readonly number[] = [];
