/** How complete trials stood at each step, for several objectives, so that a report costs no pass over the study. */
import { STATE, type History } from "../../core/types.ts";
import { type Standing, standing } from "../rank.ts";

/** Standings by step, in the order in which trials finished. Follows a history; built anew when its generation changes. */
export class Standings {
  #generation = -1;
  #read = 0;
  #complete = 0;
  readonly #steps = new Map<number, Standing[]>();

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
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      if (history.states[number] !== STATE.complete) continue;
      this.#complete++;
      for (const { step, metrics } of history.reports(number)) {
        const standings = this.#steps.get(step);
        if (standings === undefined) this.#steps.set(step, [standing(metrics, history)]);
        else standings.push(standing(metrics, history));
      }
    }
  }

  at(step: number): readonly Standing[] {
    return this.#steps.get(step) ?? NONE;
  }
}
const NONE: readonly Standing[] = [];
