/** Sums of exponentials whose terms come in pieces, four sums at a time. */
import { exp, log as ln } from "../../math/elementary.ts";
import { LANES } from "./column.ts";

/** Terms below the largest by this much are left out: exp(-45) of 10^5 terms is below the last bit of the sum. */
export const NEGLIGIBLE = 45;

/** log of a weighted sum of exponentials for each of four points: a largest term and what the sum is in its units. */
export class LogSums {
  readonly #max = new Float64Array(LANES);
  readonly #sum = new Float64Array(LANES);
  /** Terms below this do not count, by lane. */
  readonly floors = new Float64Array(LANES);

  /** Starts a lane with one term exp(log). */
  start(lane: number, log: number): void {
    this.#max[lane] = log;
    this.#sum[lane] = 1;
    this.floors[lane] = log - NEGLIGIBLE;
  }

  /** Adds weights[k] exp(logs[4 k + lane]) for k = 0..count-1, in this order. */
  add(logs: Float64Array, weights: Float64Array, count: number): void {
    for (let lane = 0; lane < LANES; lane++) {
      const before = this.#max[lane]!;
      let max = before;
      for (let i = lane; i < LANES * count; i += LANES) if (logs[i]! > max) max = logs[i]!;
      if (max === -Infinity) continue;
      const floor = max - NEGLIGIBLE;
      let sum = this.#sum[lane]! * exp(before - max);
      for (let k = 0; k < count; k++) {
        const log = logs[LANES * k + lane]!;
        if (log > floor) sum += weights[k]! * exp(log - max);
      }
      this.#max[lane] = max;
      this.#sum[lane] = sum;
      this.floors[lane] = floor;
    }
  }

  log(lane: number): number {
    return this.#max[lane]! + ln(this.#sum[lane]!);
  }
}
