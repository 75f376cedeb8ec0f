/** How a study got better. */
import { isCandidate } from "../core/front.ts";
import { STATE } from "../core/types.ts";
import { historyOf, objectiveIndex, type Source } from "./source.ts";

/** One trial of the curve. */
export interface HistoryPoint {
  readonly number: number;
  readonly value: number;
  /** The best value so far among trials that meet every constraint; NaN while there is none. */
  readonly best: number;
}

/**
 * The objective's value of each complete trial, in the order in which they finished, with the best so far.
 *
 * @param options.objective The objective's name; needed with several.
 * @throws E_INSIGHT_OBJECTIVE.
 */
export function objectiveHistory(source: Source, options: { readonly objective?: string } = {}): HistoryPoint[] {
  const history = historyOf(source);
  const k = objectiveIndex(history, options.objective);
  const { objectives, finished, finishedCount, values, states } = history;
  const sign = objectives[k]!.direction === "maximize" ? -1 : 1;
  const points: HistoryPoint[] = [];
  let best = NaN;
  for (let i = 0; i < finishedCount; i++) {
    const number = finished[i]!;
    const value = values[number * objectives.length + k]!;
    if (states[number] !== STATE.complete || Number.isNaN(value)) continue;
    if (isCandidate(history, number) && !(sign * value >= sign * best)) best = value;
    points.push({ number, value, best });
  }
  return points;
}
